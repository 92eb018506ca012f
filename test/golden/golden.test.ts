import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { caseNames, golden, type LaidOut, layOut, makeState, readCase, settled } from "./golden-case.ts";

const names = await caseNames();
let laid: LaidOut;
afterEach(() => laid.close());

beforeAll(async () => {
  if (process.env.UPDATE_GOLDEN === "state") for (const name of names) await makeState(name);
}, 600_000);

describe.each(names)("%s", (name) => {
  it("plans and applies as expected", async () => {
    const { plan, apply, flags = [] } = await readCase(name);
    laid = await layOut(name);
    const planned = await laid.run("plan", ...flags);
    const text = settled(planned.stdout + planned.stderr);
    expect(text).toBe(await golden(name, "plan.txt", text));
    expect(planned.code).toBe(plan);
    if (apply === undefined) return;
    const applied = await laid.run("apply", "--auto-approve", ...flags);
    expect(applied, applied.stderr).toMatchObject({ code: apply });
    const lockfile = await laid.lockfile();
    expect(lockfile).toBe(await golden(name, "mason.lock", lockfile));
  });
});
