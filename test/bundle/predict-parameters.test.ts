import { expect, test } from "vitest";
import { predictParameters } from "../../src/bundle/predict-parameters.ts";
import { infer } from "../../src/operator/table/infer.ts";
import { bundleOf, step } from "../support/run.ts";

/** Predicted parameters of the last of these steps, and the ones that are known after apply. */
function predicted(...steps: Parameters<typeof bundleOf>[0]) {
  const found = predictParameters(bundleOf(steps), () => null).get(steps.at(-1)?.id ?? "");
  return { parameters: found?.parameters, unknown: [...(found?.unknown ?? [])] };
}
const after = (id: string, parameters: Record<string, string | object>) =>
  step("last", { dependencies: [id], parameters: parameters as Record<string, string> });

test("an output that a step takes from its parameters is known, also over several steps", () => {
  const first = step("a", { parameters: { output_path: "tmp/o", table_name: "orders" } });
  const second = step("b", { dependencies: ["a"], parameters: { output_path: "${a.output_path}/b" } });
  expect(predicted(first, after("a", { table_name: "<<PULLED FROM a>>", path: "x/${a.output_path}" }))).toEqual({
    parameters: { table_name: "orders", path: "x/tmp/o" },
    unknown: [],
  });
  expect(predicted(first, second, after("b", { input_path: "${b.output_path}" })).parameters).toEqual({
    input_path: "tmp/o/b",
  });
});

test("values of the run are known after apply, and so is everything that uses them", () => {
  const first = step("a", { parameters: { output_path: "tmp/${run.date}" } });
  expect(
    predicted(first, after("a", { job: "${a.job_id}", path: "${a.output_path}", list: { x: ["${run.key}"] } })),
  ).toEqual({
    parameters: { job: "${a.job_id}", path: "tmp/${run.date}", list: { x: ["${run.key}"] } },
    unknown: ["job", "path", "list"],
  });
});

test("a literal ${ stays literal until the run", () => {
  expect(predicted(after("a", { text: "$${a.b}" }))).toEqual({ parameters: { text: "$${a.b}" }, unknown: [] });
});

test("a table named after its files has that name, and none while the path is unknown", () => {
  const inferring = (parameters: Record<string, string>) => step("i", { operator: infer.definition, parameters });
  expect(predicted(inferring({ storage_path: "raw/Orders 2026" })).parameters?.table_name).toBe("orders_2026");
  expect(predicted(inferring({ storage_path: "raw/orders", table_name: "mine" })).parameters?.table_name).toBe("mine");
  expect(predicted(inferring({ storage_path: "raw/${run.date}" })).unknown).toEqual(["storage_path", "table_name"]);
  expect(predicted(inferring({ storage_path: "raw/orders" }), after("i", { t: "${i.table_name}" })).parameters).toEqual(
    {
      t: "orders",
    },
  );
});
