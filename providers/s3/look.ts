/** The reading verbs: list, stat, expand, read, fingerprint. A directory exists as long as a key lies below it. */
import type { GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { fingerprintByEtag } from "../../src/catalog/fingerprint-by-etag.ts";
import { allBelow, parseGlob } from "../../src/catalog/glob.ts";
import type { FileStat, Fingerprint } from "../../src/engine/storage.ts";
import { isGlob } from "../../src/model/path.ts";
import { ProviderError } from "../../src/provider/error.ts";
import { awsErrorFacts } from "../support/aws/error.ts";
import type { Bucket } from "./client.ts";
import { isAbsent } from "./error.ts";
import { keyOf, pathOfKey, prefixOf } from "./keys.ts";
import { firstPage, type Listed, pages } from "./pages.ts";

/** The entries directly in a directory, or all files below it. */
export async function listPath(
  bucket: Bucket,
  path: string,
  recursive: boolean,
  signal?: AbortSignal,
): Promise<readonly FileStat[]> {
  const found: FileStat[] = [];
  for await (const page of pages(bucket, { prefix: prefixOf(bucket, path), oneLevel: !recursive, signal })) {
    for (const prefix of page.prefixes) found.push(directory(pathOfKey(bucket, prefix.slice(0, -1))));
    found.push(...filesOf(bucket, page.objects));
  }
  return sorted(found);
}

/** Keys that end in `/` are not files: consoles create them to show an empty directory. */
const filesOf = (bucket: Bucket, objects: readonly Listed[]): readonly FileStat[] =>
  objects.filter(({ key }) => !key.endsWith("/")).map((object) => fileStat(pathOfKey(bucket, object.key), object));

/** The file or directory at a canonical path, or `null`. */
export async function statPath(bucket: Bucket, path: string): Promise<FileStat | null> {
  const file = path === "" ? null : await headOf(bucket, path);
  if (file !== null) return file;
  const { objects } = await firstPage(bucket, prefixOf(bucket, path), 1);
  return path === "" || objects.length > 0 ? directory(path) : null;
}

/** The file at a canonical path, or `null`. */
export async function headOf(bucket: Bucket, path: string): Promise<FileStat | null> {
  try {
    const client = await bucket.client();
    const answer = await client.headObject({ Bucket: bucket.name, Key: keyOf(bucket, path) });
    return {
      path,
      kind: "file",
      size: answer.ContentLength ?? 0,
      modified: answer.LastModified?.getTime() ?? 0,
      ...(answer.ETag === undefined ? {} : { etag: answer.ETag }),
    };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** The data files of a canonical path or glob. */
export async function expandPattern(bucket: Bucket, pattern: string): Promise<readonly FileStat[]> {
  const literal = await statPath(bucket, pattern);
  if (literal?.kind === "file") return [literal];
  if (literal === null && !isGlob(pattern)) return [];
  // An existing name with brackets is taken literally, as shells do.
  const glob = literal === null ? parseGlob(pattern) : allBelow(pattern);
  const prefix = literal === null ? literalStart(bucket, pattern) : prefixOf(bucket, pattern);
  const found: FileStat[] = [];
  for await (const page of pages(bucket, { prefix })) {
    found.push(...filesOf(bucket, page.objects).filter((file) => glob.matches(file.path)));
  }
  return sorted(found);
}

/** The key up to the first wildcard. Only keys with this prefix are listed. */
const literalStart = (bucket: Bucket, pattern: string): string =>
  `${prefixOf(bucket, "")}${pattern.slice(0, pattern.search(/[*?[\]{}\\]/))}`;

/** The bytes of a file, or of `[start, end)`. */
export async function readPath(
  bucket: Bucket,
  path: string,
  range?: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  if (range !== undefined && range.end <= range.start) {
    if ((await headOf(bucket, path)) === null) throw new ProviderError("not_found", absent(path));
    return new Uint8Array();
  }
  for (let tries = 1; ; tries++) {
    const body = await bodyOf(bucket, path, range);
    try {
      return (await body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      // The SDK repeats a request until its answer begins. When the connection is lost after that, we have to repeat it.
      if (tries === 3) throw error;
    }
  }
}

/** The body of an answer, or `null` when the range starts past the end. */
async function bodyOf(
  bucket: Bucket,
  path: string,
  range: { readonly start: number; readonly end: number } | undefined,
): Promise<GetObjectCommandOutput["Body"] | null> {
  try {
    const client = await bucket.client();
    const bytes = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
    return (await client.getObject({ Bucket: bucket.name, Key: keyOf(bucket, path), ...bytes })).Body;
  } catch (error) {
    if (awsErrorFacts(error).status === 416) return null;
    throw error;
  }
}

const absent = (path: string) => `The file "${path}" does not exist. Check the path.`;

/** A digest of some files, or of those that count: their names below the pattern, sizes and etags. */
export async function fingerprintOf(
  bucket: Bucket,
  pattern: string,
  counts?: (path: string) => boolean,
): Promise<Fingerprint> {
  return fingerprintByEtag(await expandPattern(bucket, pattern), pattern, counts);
}

const fileStat = (path: string, { size, modified, etag }: Listed): FileStat => ({
  path,
  kind: "file",
  size,
  modified,
  ...(etag === undefined ? {} : { etag }),
});

const directory = (path: string): FileStat => ({ path, kind: "directory", size: 0, modified: 0 });

// By code unit: services sort by UTF-8 bytes, which differs beyond the basic plane.
const sorted = (files: readonly FileStat[]): readonly FileStat[] =>
  [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
