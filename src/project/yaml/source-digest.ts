/** The digest of a source file, computed once: the parse cache and the plan both use it. */
import { sha256 } from "../../json.ts";
import type { SourceFile } from "../project.ts";

const known = new WeakMap<SourceFile, string>();

/** The SHA-256 of a file's text. */
export function sourceDigest(source: SourceFile): string {
  const digest = known.get(source) ?? sha256(source.text);
  known.set(source, digest);
  return digest;
}
