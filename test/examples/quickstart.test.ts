import { appendFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyOfExample, type Example } from "./example.ts";

let example: Example;
beforeEach(async () => {
  example = await copyOfExample("quickstart");
  expect(await example.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
});
afterEach(() => example.close());

const raw = (file: string) => join(example.directory, "data/raw", file);
const plan = () => example.run("plan", "--detailed-exitcode");

describe("after the quickstart was applied", () => {
  it("has the results that its README lists", async () => {
    const files = await example.files();
    expect(files.get("data/out/most_delayed.csv")).toMatch(/^departed,delay,distance,airport,city,destination,state\n/);
    expect(files.get("data/out/most_delayed.csv")?.trim().split("\n")).toHaveLength(52);
    expect(files.get("data/out/rainy_months.csv")).toContain("\n2012-01,173.3,22,7.1\n");
    expect(files.get("data/out/departures_summary.csv")).toContain("\ndelay,bigint,5000,5000,0,216,-52,509,7.749\n");
    expect([...files.keys()].filter((file) => file.startsWith("data/out/departures/state="))).toHaveLength(51);
  });

  it("runs the deployment whose input has one more row, and not the other one", async () => {
    await appendFile(raw("seattle-weather.csv"), "2016-01-01,0.0,7.2,0.6,2.1,sun\n");
    const { stdout, code } = await plan();
    expect(stdout).toMatch(/> +deployment\.rainy_months +local +run +inputs changed: climate\.seattle \(\+31 B\)/);
    expect(stdout).not.toContain("deployment.departures");
    expect(code).toBe(2);
    expect(await example.run("apply", "--auto-approve")).toMatchObject({ code: 0 });
    expect((await example.files()).get("data/out/rainy_months.csv")).toContain("\n2016-01,0.0,0,7.2\n");
    expect(await plan()).toMatchObject({ code: 0 });
  });

  it("runs what reads a changed file of airports", async () => {
    await appendFile(raw("airports.csv"), "XXX,Nowhere,Nowhere,AK,USA,0,0\n");
    const { stdout, code } = await plan();
    expect(stdout).toMatch(/> +deployment\.departures +local +run +inputs changed: raw\/airports\.csv \(\+31 B\)/);
    expect(stdout).not.toContain("deployment.rainy_months");
    expect(code).toBe(2);
  });

  it("has nothing to do when files were touched", async () => {
    for (const file of ["airports.csv", "flights-5k.json", "seattle-weather.csv"])
      await utimes(raw(file), new Date("2026-11-25T00:00:00Z"), new Date("2026-11-25T00:00:00Z"));
    const { stdout, code } = await plan();
    expect(stdout).toMatch(/^No changes\./);
    expect(code).toBe(0);
  });
});
