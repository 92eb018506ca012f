import { expect, test } from "vitest";
import { unaskedCommand } from "../../../src/cli/output/unattended-command.ts";

test("the command without a question does the same, and repeats no value of a variable", () => {
  const flags = {
    target: ["table.sales.*", "deployment.load"],
    run: ["it's"],
    var: ["KEY=a=b"],
    env: "prod",
    exclude: [],
    resume: true,
    redo: undefined,
    "refresh-only": false,
    json: true,
  };
  expect(unaskedCommand("apply", "my shop", flags)).toBe(
    "mason apply 'my shop' --env prod --var KEY=... --target 'table.sales.*' --target deployment.load --run 'it'\\''s' --resume --auto-approve",
  );
  expect(unaskedCommand("destroy", undefined, {})).toBe("mason destroy --auto-approve");
});
