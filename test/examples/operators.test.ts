import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyOfExample, type Example } from "./example.ts";

let example: Example;
beforeEach(async () => {
  example = await copyOfExample("operators");
});
afterEach(() => example.close());

const apply = () => example.run("apply", "--auto-approve");
const file = async (path: string) => (await example.files()).get(path);
const orders = (rows: readonly string[]) =>
  writeFile(join(example.directory, "data/raw/orders.csv"), `id,customer_id,ordered_on,amount\n${rows.join("\n")}\n`);

describe("the operators of the example", () => {
  it("return the best customers of the last week, and a summary of the week", async () => {
    expect(await apply()).toMatchObject({ code: 0 });
    expect(await file("data/out/top_customers.csv")).toBe(
      "customer,orders,revenue\nEno Eggs,4,453.08\nCato Books,2,347.24\nDara Dairy,1,99.35\n",
    );
    expect(JSON.parse((await file("data/out/week.json")) ?? "")).toEqual({
      since: "2026-10-24",
      until: "2026-10-30",
      orders: 9,
      revenue: 995.39,
    });
  });

  it("run again when a file changes that the module imports", async () => {
    expect(await apply()).toMatchObject({ code: 0 });
    await appendFile(join(example.directory, "operators/sales/window/csv.ts"), "export const more = 1;\n");
    const { stdout } = await example.run("plan");
    expect(stdout).toMatch(/> +deployment\.weekly +local +run +operator sales:window changed/);
    expect(stdout).toMatch(/~ +operator\.sales:window/);
  });
});

describe("the module of the workflow", () => {
  it("passes another parameter to the last step when there are few orders", async () => {
    await orders(["1,1,2026-10-01,10.00", "2,2,2026-10-01,20.00"]);
    expect(await apply()).toMatchObject({ code: 0 });
    expect(await file("data/out/top_customers.csv")).toBe("customer,orders,revenue\nBo Bikes,1,20.0\n");
  });

  it("stops before the last step when there is only one order", async () => {
    await orders(["1,1,2026-10-01,10.00"]);
    const { stderr, code } = await apply();
    expect(stderr).toContain('the workflow\'s module stopped after step "week"');
    expect(code).toBe(0);
    expect(await file("data/out/week.json")).toContain('"orders": 1');
    expect(await file("data/out/top_customers.csv")).toBeUndefined();
  });

  it("fails with the reason of the step that failed", async () => {
    await writeFile(join(example.directory, "data/raw/customers.csv"), 'id,name\nno number,"Ada"\n');
    const { stderr, code } = await apply();
    expect(stderr).toContain("raw/customers.csv");
    expect(code).toBe(2);
  });
});
