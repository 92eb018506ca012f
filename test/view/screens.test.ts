import { describe, expect, it } from "vitest";
import { widthOf } from "../../src/view/layout.ts";
import { planMarkdown } from "../../src/view/plan/plan-markdown.ts";
import { planText } from "../../src/view/plan/plan-text.ts";
import { expectGolden } from "../golden/golden.ts";
import { examplePlans } from "../support/example-plans.ts";

const linesOf = (text: string) => text.replace(/\u001b\[\d+m/g, "").split("\n");

describe.each(Object.keys(examplePlans))("plan %s", (name) => {
  const plan = examplePlans[name] ?? expect.fail();

  it.each([80, 120])("is drawn at %i columns as before", async (width) => {
    const text = await planText(plan, { width, color: false });
    expectGolden(`screens/plan-${name}-${width}.txt`, text);
    expect(linesOf(text).filter((line) => widthOf(line) > width)).toEqual([]);
    expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  });

  it("says the same with colours", async () => {
    const plain = await planText(plan, { width: 80, color: false });
    const colored = await planText(plan, { width: 80, color: true });
    expect(linesOf(colored)).toEqual(linesOf(plain));
  });

  it("is the same markdown as before", async () => {
    expectGolden(`screens/plan-${name}.md`, await planMarkdown(plan));
  });
});
