import { describe, expect, test } from "vitest";
import { spaceOf } from "../../../providers/memory/client.ts";
import { createMemoryStorage } from "../../../providers/memory/storage.ts";
import { changeDocument, type Documents, readHead } from "../../../src/catalog/file-metastore/document.ts";
import type { Storage } from "../../../src/engine/storage.ts";
import { sha256 } from "../../../src/json.ts";
import { isProviderError } from "../../../src/provider/error.ts";

let count = 0;
const newId = () => `id-${++count}`;

function emptyStorage(): Required<Omit<Storage, "realPath" | "links">> {
  const name = newId();
  return createMemoryStorage({ name, space: spaceOf(`document ${name}`), now: () => new Date(0), user: "tester" });
}

const documentsOn = (storage: Storage): Documents => ({ storage, newId });

/** Documents whose next write waits until `meanwhile` is done: a writer that sleeps between looking and writing. */
function sleepyDocuments(storage: Storage, meanwhile: () => Promise<unknown>): Documents {
  let isAsleep = true;
  const write: Storage["write"] = async (path, body, options) => {
    if (isAsleep) {
      isAsleep = false;
      await meanwhile();
    }
    await storage.write(path, body, options);
  };
  return documentsOn({ ...storage, write });
}

const put = (documents: Documents, value: string) => changeDocument(documents, "d", () => ({ value }));
const drop = (documents: Documents) => changeDocument(documents, "d", () => null);
const newestValue = async (storage: Storage) => (await readHead(storage, "d"))?.content?.value;
const filesOf = async (storage: Storage) => (await storage.list("d")).map((file) => file.path);

describe("a versioned document", () => {
  test("is absent, then has its newest content, then is dropped", async () => {
    const storage = emptyStorage();
    expect(await readHead(storage, "d")).toBeNull();
    await put(documentsOn(storage), "one");
    await put(documentsOn(storage), "two");
    expect(await readHead(storage, "d")).toMatchObject({ number: 2, content: { value: "two" } });
    await drop(documentsOn(storage));
    expect(await readHead(storage, "d")).toMatchObject({ number: 3, content: null });
  });

  test("keeps its newest three versions, and one when it is dropped", async () => {
    const storage = emptyStorage();
    for (const value of ["1", "2", "3", "4", "5"]) await put(documentsOn(storage), value);
    expect(await filesOf(storage)).toEqual(["d/0000000003.json", "d/0000000004.json", "d/0000000005.json"]);
    await drop(documentsOn(storage));
    expect(await filesOf(storage)).toEqual(["d/0000000006.json"]);
  });

  test("is written again by one who was overtaken", async () => {
    const storage = emptyStorage();
    const seen: unknown[] = [];
    const sleepy = sleepyDocuments(storage, () => put(documentsOn(storage), "other"));
    await changeDocument(sleepy, "d", (head) => {
      seen.push(head?.content?.value);
      return { value: "mine" };
    });
    expect(seen).toEqual([undefined, "other"]);
    expect(await readHead(storage, "d")).toMatchObject({ number: 2, content: { value: "mine" } });
  });

  test.each([2, 3, 4, 7])("is not lost to one who slept through %i writes and took a pruned number", async (writes) => {
    const storage = emptyStorage();
    const sleepy = sleepyDocuments(storage, async () => {
      for (let index = 1; index <= writes; index++) await put(documentsOn(storage), `other ${index}`);
    });
    const seen: unknown[] = [];
    await changeDocument(sleepy, "d", (head) => {
      seen.push(head?.content?.value);
      return { value: "mine" };
    });
    expect(seen.at(-1)).toBe(`other ${writes}`);
    expect(await newestValue(storage)).toBe("mine");
  });

  test("stays dropped when an older creation comes late", async () => {
    const storage = emptyStorage();
    const sleepy = sleepyDocuments(storage, async () => {
      await put(documentsOn(storage), "short-lived");
      await drop(documentsOn(storage));
    });
    const create = changeDocument(sleepy, "d", (head) => (head === null ? { value: "late" } : undefined));
    expect(await create).toBeNull();
    expect((await readHead(storage, "d"))?.content).toBeNull();
  });

  test("does not come back when all of it was deleted under a writer", async () => {
    const storage = emptyStorage();
    await put(documentsOn(storage), "one");
    const sleepy = sleepyDocuments(storage, () => storage.delete("d"));
    const update = changeDocument(sleepy, "d", (head) => (head === null ? undefined : { value: "two" }));
    expect(await update).toBeNull();
    expect(await readHead(storage, "d")).toBeNull();
  });

  test.each([1, 2, 6, 50])(
    "counts a write that others have built upon, %i times, whether it was pruned or not",
    async (writes) => {
      const storage = emptyStorage();
      let calls = 0;
      const list: Storage["list"] = async (path, options) => {
        calls++;
        // The second listing is the one after the write.
        if (calls === 2) for (let index = 1; index <= writes; index++) await put(documentsOn(storage), `next ${index}`);
        return storage.list(path, options);
      };
      const written = await put(documentsOn({ ...storage, list }), "mine");
      expect(written?.number).toBe(1);
      expect(await readHead(storage, "d")).toMatchObject({ number: writes + 1, content: { value: `next ${writes}` } });
    },
  );

  test("counts a write that an older Mason, which names only the version before, has built upon", async () => {
    const storage = emptyStorage();
    let calls = 0;
    const list: Storage["list"] = async (path, options) => {
      calls++;
      if (calls === 2) {
        const previous = sha256(await storage.read("d/0000000001.json"));
        await storage.write("d/0000000002.json", JSON.stringify({ mason: 1, previous, content: { value: "next" } }));
      }
      return storage.list(path, options);
    };
    expect((await put(documentsOn({ ...storage, list }), "mine"))?.number).toBe(1);
    expect(await newestValue(storage)).toBe("next");
  });

  test("gives up with a conflict that can be tried again when it never gets its turn", async () => {
    const storage = emptyStorage();
    const write: Storage["write"] = async (path, body, options) => {
      await put(documentsOn(storage), "other");
      await storage.write(path, body, options);
    };
    const error = await put(documentsOn({ ...storage, write }), "mine").catch((reason: unknown) => reason);
    expect(isProviderError(error, "conflict") && error.retryable).toBe(true);
  });

  test.each(["{", "[]", '{"mason": 1}', '{"mason": 2, "content": {}}'])("refuses %j in its place", async (text) => {
    const storage = emptyStorage();
    await storage.write("d/0000000001.json", text);
    const error = await readHead(storage, "d").catch((reason: unknown) => reason);
    expect(isProviderError(error, "invalid"), String(error)).toBe(true);
  });
});
