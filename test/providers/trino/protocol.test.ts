import { afterEach, describe, expect, test } from "vitest";
import { createTrinoExecution } from "../../../providers/trino/execution.ts";
import { manifest } from "../../../providers/trino/manifest.ts";
import { handleOf } from "../../../src/model/job.ts";
import { Secret } from "../../../src/model/secret.ts";
import { temporaryContext } from "../../conformance/context.ts";
import { expectNoSecret, failure } from "../../conformance/support.ts";
import { fakeCoordinator, page, queryId, type Reply, type Seen } from "./fake-coordinator.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const password = "pass-word-7Hq";
const columns = [{ name: "x", type: "bigint" }];

async function engineOver(reply: (seen: Seen, url: string) => Reply) {
  const coordinator = await fakeCoordinator(reply);
  const settings = { url: coordinator.url, user: "u", catalog: "memory", password: new Secret(password) };
  const { context, close } = await temporaryContext(settings);
  closing.push(coordinator.close, close);
  const execution = createTrinoExecution(context);
  const run = async () => {
    const job = await execution.submit({ kind: "statement", sql: "SELECT 1" }, "t");
    return (await execution.getJob(handleOf(job), { wait: 5000 })) ?? job;
  };
  return { execution, run, seen: coordinator.seen };
}

const firstPage = (url: string): Reply => ({ body: page({ nextUri: `${url}/v1/statement/queued/${queryId}/s/1` }) });
const lastPage: Reply = { body: page({ columns, data: [[1]] }) };

describe("faults that pass", () => {
  test.each<[string, Reply]>([
    ["a lost connection", { drop: true }],
    ["429", { status: 429 }],
    ["502", { status: 502 }],
    ["503", { status: 503, body: "<html>starting</html>" }],
    ["504", { status: 504 }],
  ])("%s is asked again, for a statement and for a page", async (_, fault) => {
    const faults = new Map<string, number>();
    const { run, seen, execution } = await engineOver((one, url) => {
      const count = (faults.get(one.method) ?? 0) + 1;
      faults.set(one.method, count);
      return count < 3 ? fault : one.method === "POST" ? firstPage(url) : lastPage;
    });
    const job = await run();
    expect(job.state).toBe("succeeded");
    expect((await execution.results(job.id)).rows).toEqual([{ x: 1 }]);
    expect(seen.map(({ method }) => method)).toEqual(["POST", "POST", "POST", "GET", "GET", "GET"]);
  });

  test("a page is asked for by its own address, so a lost answer doubles no row", async () => {
    let pages = 0;
    const { run, execution, seen } = await engineOver(({ method, path }, url) => {
      if (method === "POST") return firstPage(url);
      pages++;
      if (pages === 2) return { drop: true };
      if (path.startsWith(`/v1/statement/queued/${queryId}/s/1`))
        return { body: page({ columns, data: [[1], [2]], nextUri: `${url}/v1/statement/executing/${queryId}/s/2` }) };
      return { body: page({ columns, data: [[3]] }) };
    });
    const job = await run();
    expect((await execution.results(job.id)).rows.map(({ x }) => x)).toEqual([1, 2]);
    expect((await execution.results(job.id, "1")).rows.map(({ x }) => x)).toEqual([3]);
    expect(seen.filter(({ path }) => path.includes("executing"))).toHaveLength(2);
  });
});

describe("faults that stay", () => {
  test.each<[string, Reply, "failed" | "denied" | "invalid" | "unavailable"]>([
    ["no JSON", { body: "<html>" }, "failed"],
    ["JSON of another kind", { body: "[]" }, "failed"],
    ["a page without an id", { body: '{"stats":{}}' }, "failed"],
    ["a next page that is no text", { body: page({ nextUri: 7 }) }, "failed"],
    ["401", { status: 401 }, "denied"],
    ["403", { status: 403 }, "denied"],
    ["a redirect", { status: 302, headers: { location: "http://127.0.0.1:1/" } }, "invalid"],
    ["500", { status: 500, body: `stack trace with ${password}` }, "failed"],
    ["503 for ever", { status: 503 }, "unavailable"],
  ])("%s", async (_, fault, code) => {
    const { run } = await engineOver(({ method }, url) => (method === "POST" ? firstPage(url) : fault));
    expectNoSecret(await failure(run(), code), [password, "Basic "]);
  });

  test("the password goes to no other server", async () => {
    const other = await fakeCoordinator(() => lastPage);
    closing.push(other.close);
    const { run } = await engineOver(() => firstPage(other.url));
    await failure(run(), "invalid");
    expect(other.seen).toEqual([]);
  });

  test("an error with the password in it is shown without it", async () => {
    const error = { errorName: "GENERIC", errorType: "EXTERNAL", message: `line 1:2: can't use ${password}\n\tat x` };
    const { run } = await engineOver(({ method }, url) =>
      method === "POST" ? firstPage(url) : { body: page({ error }) },
    );
    const job = await run();
    expect(job).toMatchObject({ state: "failed", error: "GENERIC: can't use REDACTED at x." });
    expectNoSecret(job, [password]);
  });

  test("a query that the server has forgotten has failed; one whose page was given before is not taken for that", async () => {
    const { run, execution } = await engineOver(({ method, path }, url) => {
      if (method === "POST") return firstPage(url);
      if (path.startsWith("/v1/query/")) return { body: JSON.stringify({ state: "RUNNING" }) };
      return { status: 410 };
    });
    expect((await run()).state).toBe("running");
    await failure(execution.results(queryId), "conflict");
    const gone = await engineOver(({ method }, url) => (method === "POST" ? firstPage(url) : { status: 404 }));
    expect(await gone.run()).toMatchObject({ state: "failed", errorCode: "unavailable" });
  });
});

test("numbers that JavaScript can't hold keep their digits", async () => {
  const body = `{"id":"${queryId}","stats":{},"columns":[{"name":"x","type":"bigint"},{"name":"d","type":"double"}],"data":[[9223372036854775807,1.0E300],[-9007199254740993,-0.5],[12,9007199254740993.0]]}`;
  const { run, execution } = await engineOver(({ method }, url) => (method === "POST" ? firstPage(url) : { body }));
  const { rows } = await execution.results((await run()).id);
  expect(rows.map(({ x }) => x)).toEqual(["9223372036854775807", "-9007199254740993", 12]);
  expect(rows.map(({ d }) => d)).toEqual([1e300, -0.5, 9007199254740992]);
});

describe("settings", () => {
  const codes = (settings: Parameters<NonNullable<typeof manifest.check>>[0]) =>
    manifest.check?.({ user: "u", catalog: "c", ...settings }).map(({ code }) => code);

  test("are checked without the server", () => {
    expect(codes({ url: "https://t:8443/", password: new Secret("xxxx"), session: "a=1, hive.b=x y" })).toEqual([]);
    expect(codes({ url: "t:8443" })).toEqual(["config/trino-url"]);
    expect(codes({ url: "http://me:secret@t" })).toEqual(["config/trino-url"]);
    expect(codes({ url: "http://t", password: new Secret("xxxx") })).toEqual(["config/trino-password"]);
    expect(codes({ url: "http://t", session: "no property" })).toEqual(["config/trino-session"]);
  });

  test("the identity has no credentials", () => {
    const identity = manifest.identity({ url: "https://me:pass@t:8443/x/?a=1", user: "u", catalog: "c" });
    expect(identity).toEqual({ url: "https://t:8443/x", catalog: "c" });
  });
});
