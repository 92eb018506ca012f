/** What is asked of the s3 provider on every real server: the conformance suites, and what only S3 can get wrong. */
import { randomUUID } from "node:crypto";
import type { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bucket, createBucket, type Limits, usualLimits } from "../../../providers/s3/client.ts";
import { manifest } from "../../../providers/s3/manifest.ts";
import { createS3Metastore } from "../../../providers/s3/metastore.ts";
import { createS3Storage, type S3Storage, storageOf } from "../../../providers/s3/storage.ts";
import { Secret } from "../../../src/model/secret.ts";
import type { ClientSettings } from "../../../src/provider/contract.ts";
import { isProviderError } from "../../../src/provider/error.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { metastoreConformance } from "../../conformance/metastore.ts";
import { raceOf, storageConformance } from "../../conformance/storage.ts";
import { expectNoSecret, failure } from "../../conformance/support.ts";
import { openRaceGate, type RaceGate } from "./race-gate.ts";
import type { S3Server } from "./server.ts";

const MiB = 1 << 20;
/** As small as servers take parts. */
const smallLimits: Limits = { wholeWrite: 5 * MiB, part: 5 * MiB, wholeCopy: 5 * MiB, copyPart: 5 * MiB };

/** How a server differs. */
export interface ServerTraits {
  /** Races of 16 writers through the gate. */
  readonly raceRounds: number;
  /** Keys that are also the beginning of others, as on S3 itself. */
  readonly overlappingKeys: boolean;
  /** The condition of an upload in parts is checked in the moment when the object appears. */
  readonly atomicParts: boolean;
  /** Lists show a directory for a while after the last key below it went, or a write makes the bucket that it names. */
  readonly lenient: boolean;
}

/** A bucket of its own, and ways into it. */
export interface TestBucket {
  readonly name: string;
  readonly bucket: (more?: ClientSettings, limits?: Limits) => Promise<Bucket>;
  readonly storage: (more?: ClientSettings) => Promise<S3Storage>;
  readonly client: () => Promise<S3>;
}

/** Settings of a client of the server. */
export const settingsOf = (server: S3Server, bucket: string): ClientSettings => ({
  bucket,
  root: randomUUID(),
  endpoint: server.endpoint,
  aws_region: "us-east-1",
  access_key: new Secret(server.accessKey),
  secret_key: new Secret(server.secretKey),
});

/** Makes a bucket on the server. */
export async function makeBucket(server: S3Server): Promise<TestBucket> {
  const name = `mason-${randomUUID()}`;
  const contextOf = async (more: ClientSettings = {}) => {
    const { context, close } = await temporaryContext({ ...settingsOf(server, name), ...more });
    // Nothing of s3 is kept on this machine.
    await close();
    return context;
  };
  const bucket = async (more: ClientSettings = {}, limits = usualLimits) => ({
    ...createBucket(await contextOf(more)),
    limits,
  });
  const client = async () => (await bucket()).client();
  await (await client()).createBucket({ Bucket: name });
  return { name, bucket, client, storage: async (more) => createS3Storage(await contextOf(more)) };
}

/** Runs everything on one server. */
export function s3Suite(name: string, server: S3Server, traits: ServerTraits): void {
  const secrets = [server.accessKey, server.secretKey];
  const made: { bucket?: Promise<TestBucket> } = {};
  const shared = () => {
    made.bucket ??= makeBucket(server);
    return made.bucket;
  };
  storageConformance(name, async () => {
    const storage = await (await shared()).storage();
    return { storage, verbs: manifest.engines.storage ?? [], ifMatch: true, secrets };
  });
  if (!traits.lenient) {
    metastoreConformance(name, async () => {
      const { context, close } = await temporaryContext(settingsOf(server, (await shared()).name));
      const metastore = createS3Metastore(context, null);
      return { metastore, verbs: manifest.engines.metastore ?? [], versions: true, user: "tester", secrets, close };
    });
  }
  describe(`${name}, as S3`, () => {
    keys(shared, traits);
    largeObjects(shared);
    failures(server, shared, secrets, traits);
    races(server, shared, traits);
  });
}

type Shared = () => Promise<TestBucket>;

const oddKeys = [
  '"quoted".csv',
  "a<b>&c.csv",
  "100%.csv",
  "plus+ blank.csv",
  "tilde~(1)!*.csv",
  "\u{1f600}.csv",
  "ﬁ.csv",
];

function keys(shared: Shared, traits: ServerTraits): void {
  test("keeps keys that XML, URLs and sort orders get wrong, in a copy and a delete of many too", async () => {
    const storage = await (await shared()).storage();
    for (const key of oddKeys) await storage.write(`odd/${key}`, key);
    await storage.copy("odd", "again");
    const expected = oddKeys.map((key) => `again/${key}`).sort();
    expect((await storage.list("again")).map((file) => file.path)).toEqual(expected);
    for (const key of oddKeys) expect(new TextDecoder().decode(await storage.read(`again/${key}`))).toBe(key);
    await storage.delete("again");
    expect(await storage.list("again")).toEqual([]);
    expect(await storage.list("odd")).toHaveLength(oddKeys.length);
  });

  test("deletes more than one batch of keys, and nothing beside them", async () => {
    const storage = await (await shared()).storage();
    const paths = Array.from({ length: 1050 }, (_, index) => `many/${index}`);
    for (let start = 0; start < paths.length; start += 50) {
      await Promise.all(paths.slice(start, start + 50).map((path) => storage.write(path, "")));
    }
    await storage.write("many-more", "");
    await storage.delete("many");
    expect((await storage.list("", { recursive: true })).map((file) => file.path)).toEqual(["many-more"]);
  }, 240_000);

  test("takes a console's directory marker for an empty directory", async () => {
    const bucket = await (await shared()).bucket();
    const storage = storageOf(bucket);
    const client = await bucket.client();
    await client.putObject({ Bucket: bucket.name, Key: `${bucket.root}/empty/`, Body: "" });
    expect(await storage.stat("empty")).toMatchObject({ kind: "directory" });
    expect(await storage.list("", { recursive: true })).toEqual([]);
    expect((await storage.list("")).map((file) => file.path)).toEqual(["empty"]);
    await storage.delete("empty", { ifEmpty: true });
    expect(await storage.stat("empty")).toBeNull();
  });

  test.runIf(traits.overlappingKeys)("has a file and files below its name", async () => {
    const storage = await (await shared()).storage();
    await storage.write("a", "file");
    await storage.write("a/b", "below");
    expect((await storage.list("")).map(({ path, kind }) => [path, kind])).toEqual([
      ["a", "directory"],
      ["a", "file"],
    ]);
  });

  test.runIf(!traits.overlappingKeys)("says that a file is in the way of a directory", async () => {
    const storage = await (await shared()).storage();
    await storage.write("a", "file");
    await failure(storage.write("a/b", "below"), "invalid");
  });
}

function largeObjects(shared: Shared): void {
  const large = (fill: number, size = 11 * MiB) => new Uint8Array(size).fill(fill);
  const unfinished = async (bucket: Bucket) => {
    const client = await bucket.client();
    return (await client.listMultipartUploads({ Bucket: bucket.name, Prefix: bucket.root })).Uploads ?? [];
  };

  test("writes large bodies in parts, with conditions and without a rest", async () => {
    const bucket = await (await shared()).bucket({}, smallLimits);
    const storage = storageOf(bucket);
    await storage.write("big", large(1), { ifAbsent: true });
    await failure(storage.write("big", large(2), { ifAbsent: true }), "exists");
    const seen = await storage.stat("big");
    expect(seen).toMatchObject({ size: 11 * MiB });
    await storage.write("big", large(3), { ifMatch: seen?.etag ?? "" });
    await failure(storage.write("big", large(4), { ifMatch: seen?.etag ?? "" }), "conflict");
    await failure(storage.write("absent", large(4), { ifMatch: seen?.etag ?? "" }), "conflict");
    const tail = await storage.read("big", { start: 10 * MiB - 1, end: 10 * MiB + 1 });
    expect([...tail]).toEqual([3, 3]);
    expect((await storage.read("big")).every((byte) => byte === 3)).toBe(true);
    expect(await unfinished(bucket)).toEqual([]);
  });

  test("copies large objects in parts", async () => {
    const bucket = await (await shared()).bucket({}, smallLimits);
    const storage = storageOf(bucket);
    const body = large(0).map((_, index) => index % 251);
    await storage.write("dir/big", body);
    await storage.copy("dir/big", "copied");
    expect(Buffer.compare(await storage.read("copied"), body)).toBe(0);
    expect(await unfinished(bucket)).toEqual([]);
  });

  test("stops a large write when told so, and leaves nothing", async () => {
    const bucket = await (await shared()).bucket({}, smallLimits);
    const stopping = new AbortController();
    const client = await bucket.client();
    // The first part is on its way when the stop comes.
    client.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === "UploadPartCommand") stopping.abort();
        return next(args);
      },
      { step: "finalizeRequest" },
    );
    await failure(storageOf(bucket).write("big", large(1), { signal: stopping.signal }), "cancelled");
    expect(await storageOf(bucket).stat("big")).toBeNull();
    expect(await unfinished(bucket)).toEqual([]);
  });

  test("writes the usual limit in one call, and a little more in parts", async () => {
    const storage = await (await shared()).storage();
    for (const size of [usualLimits.wholeWrite, usualLimits.wholeWrite + 1]) {
      await storage.write("edge", large(7, size), { ifMatch: await etagAfter(storage) });
      expect(await storage.stat("edge")).toMatchObject({ size });
    }
  });

  const etagAfter = async (storage: S3Storage) => {
    await storage.write("edge", String(Math.random()));
    return (await storage.stat("edge"))?.etag ?? "";
  };
}

const someVerbs = (storage: S3Storage): readonly (() => Promise<unknown>)[] => [
  () => storage.list(""),
  () => storage.write("x", "x"),
  () => storage.read("x"),
  () => storage.stat("x"),
];

function failures(server: S3Server, shared: Shared, secrets: readonly string[], traits: ServerTraits): void {
  test("says that keys were not accepted, and does not show them", async () => {
    const wrong = "another-secret-9876543210";
    const storage = await (await shared()).storage({ secret_key: new Secret(wrong) });
    for (const verb of someVerbs(storage)) {
      const error = await failure(verb(), "denied");
      expect(error.retryable).toBe(false);
      expectNoSecret(error, [...secrets, wrong]);
    }
  });

  test.runIf(!traits.lenient)("says that there is no such bucket", async () => {
    const storage = await (await shared()).storage({ bucket: "mason-no-such-bucket" });
    for (const verb of someVerbs(storage)) {
      const error = await failure(verb(), "not_found");
      expect(error.message).toContain("mason-no-such-bucket");
      expectNoSecret(error, secrets);
    }
  });

  test("can try again when nobody answers", async () => {
    const gate = await openRaceGate(server.endpoint);
    await gate.close();
    const storage = await (await shared()).storage({ endpoint: gate.endpoint });
    const error = await failure(storage.list(""), "unavailable");
    expect(error.retryable).toBe(true);
    expectNoSecret(error, secrets);
  });
}

function races(server: S3Server, shared: Shared, traits: ServerTraits): void {
  const rounds = traits.raceRounds;
  let gate: RaceGate;
  beforeAll(async () => {
    gate = await openRaceGate(server.endpoint);
  });
  afterAll(() => gate.close());

  test(`lets one of 16 writers win when all arrive at once, ${rounds} times`, async () => {
    const direct = await (await shared()).bucket();
    const gated = await (await shared()).storage({ root: direct.root, endpoint: gate.endpoint });
    for (let round = 0; round < rounds; round++) {
      for (const kind of ["ifAbsent", "ifMatch"] as const) {
        const race = await sharpRace(gate, gated, storageOf(direct), `${round}-${kind}`, kind);
        expect(race.won, `${kind} in round ${round}`).toHaveLength(1);
        expect(race.now).toBe(race.won[0]);
      }
    }
  }, 300_000);

  test.runIf(traits.atomicParts)(`lets one of 4 large writers win when all end at once`, async () => {
    const bodies = ["a", "b", "c", "d"].map((letter) => letter.repeat(6 * MiB));
    for (let round = 0; round < 5; round++) {
      const gated = await (await shared()).bucket({ root: `large-${round}`, endpoint: gate.endpoint }, smallLimits);
      // The one request of a large write that has a body and is no PUT is the last one.
      gate.arm(bodies.length, "POST");
      const race = await raceOf(storageOf(gated), "big", bodies, { ifAbsent: true });
      expect(race.won, `round ${round}`).toHaveLength(1);
      for (const reason of race.lost) expect(isProviderError(reason, "exists"), String(reason)).toBe(true);
      expect(new TextDecoder().decode(await storageOf(gated).read("big")) === race.won[0]).toBe(true);
    }
  });
}

/** A race of 16 writers through the gate, and what is there after it. */
export async function sharpRace(
  gate: RaceGate,
  gated: S3Storage,
  direct: S3Storage,
  path: string,
  kind: "ifAbsent" | "ifMatch",
): Promise<{ readonly won: readonly string[]; readonly now: string }> {
  const bodies = Array.from({ length: 16 }, (_, index) => `writer ${index} of ${path}`);
  if (kind === "ifMatch") await direct.write(path, "start");
  const condition = kind === "ifAbsent" ? { ifAbsent: true } : { ifMatch: (await direct.stat(path))?.etag ?? "" };
  gate.arm(bodies.length, "PUT");
  const { won } = await raceOf(gated, path, bodies, condition);
  return { won, now: new TextDecoder().decode(await direct.read(path)) };
}
