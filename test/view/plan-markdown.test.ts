import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeMarkdown, stickyMarker } from "../../src/view/plan/markdown-escape.ts";
import { planMarkdown } from "../../src/view/plan/plan-markdown.ts";
import { examplePlans, largePlan } from "../support/example-plans.ts";
import { fakeChange, fakeDrift, fakePlan, fakeStep } from "../support/plan.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "`code`",
    "```\n# title\n```",
    "| a | b |\n|---|---|",
    "<script>alert(1)</script>",
    "</pre></details><img src=x onerror=y>",
    "@everyone",
    "[link](javascript:x)",
    "![image](http://x/y.png)",
    "https://example.com www.example.com",
    "--> <!-- mason-plan:prod -->",
    "*a* _b_ ~~c~~ **d**",
    "&lt;b&gt; &#64;team",
    "#1 GH-1",
    "a\r\n\r\n- b\n1. c",
    "$x$",
    "\u202e\u0000\ud800",
  ),
);

/** What is left of the markdown without the tags, entities and marks that the view itself writes. */
function withoutOwnMarkup(markdown: string): string {
  return markdown
    .replace(/^<!-- mason-plan:[\w.-]+ -->$/gm, "")
    .replace(/^\*\*(Plan|No changes)(.*)\*\*$/gm, "$2")
    .replace(/^\*\*(Deleted or replaced|Other changes|Definitions, recorded in the state)\*\*$/gm, "")
    .replace(/<\/?(code|pre|details|summary)>/g, "")
    .replace(/^plan_id:/m, "")
    .replace(/&#\d+;/g, "");
}

it("lets no markdown, HTML, link or mention of users work", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, async (a, b, c) => {
      const part = {
        reasons: [{ code: "definition_changed" as const, text: a }],
        fields: [
          { path: a, before: b, after: c },
          { path: b, after: `${c}\n${a}` },
        ],
        steps: [
          fakeStep(a, b, {
            summary: c,
            raw: [b],
            columns: [{ name: a, type: { kind: "string" as const }, nullable: true }],
          }),
        ],
        notes: [c, a],
      };
      const plan = fakePlan(
        [
          fakeChange(`table.${a}.${b}`, { ...part, client: b, action: "delete" }),
          fakeChange(`operator.${b}:${c}`, { ...part, action: "update" }),
          fakeChange(`deployment.${c}`, { summary: a }),
        ],
        { environment: a, drift: [fakeDrift(`table.${a}.${b}`, c, a)] },
      );
      const rest = withoutOwnMarkup(await planMarkdown(plan));
      expect(rest).not.toMatch(/[<>`*|@#[\]~_$&\\]|:\/\/|www\./i);
      expect(rest).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Cs}/u);
    }),
  );
});

it("opens and closes the same tags", async () => {
  const markdown = await planMarkdown(examplePlans.mixed ?? expect.fail());
  for (const tag of ["details", "summary", "pre", "code"])
    expect(markdown.split(`<${tag}>`).length).toBe(markdown.split(`</${tag}>`).length);
});

it("shows what is destroyed first", async () => {
  const markdown = await planMarkdown(examplePlans.mixed ?? expect.fail());
  const at = (text: string) => markdown.indexOf(text);
  expect(at("table.sales.returns")).toBeGreaterThan(0);
  expect(at("table.sales.returns")).toBeLessThan(at("database.sales"));
  expect(at("its files are deleted too")).toBeLessThan(at("database.sales"));
});

describe("its size", () => {
  it("is within the limit, and what is left out is counted", async () => {
    const plan = largePlan(10_000);
    const markdown = await planMarkdown(plan);
    expect(markdown.length).toBeLessThanOrEqual(65_000);
    const heads = markdown.match(/^(<details><summary>)?<code>[^<]*<\/code> <code>(table|deployment)/gm) ?? [];
    const left = [...markdown.matchAll(/(\d+) (?:table|deployment)s? to \w+(?=[,.]\n?| )/g)].map((match) =>
      Number(match[1]),
    );
    const leftOut = /^Left out because.*$/m.exec(markdown)?.[0] ?? "";
    const counted = [...leftOut.matchAll(/(\d+) \w+ to/g)].reduce((sum, match) => sum + Number(match[1]), 0);
    expect(left.length).toBeGreaterThan(0);
    expect(heads.length + counted).toBe(10_000);
    expect(markdown.trimEnd().endsWith(`<code>${plan.id}</code>`)).toBe(true);
  });

  it("stays within the limit whatever one change holds", async () => {
    const huge = "x<\n".repeat(20_000);
    const fields = Array.from({ length: 70 }, (_, index) => ({
      path: `f${index}`,
      before: huge,
      after: `${huge}${index}`,
    }));
    const changes = Array.from({ length: 8 }, (_, index) =>
      fakeChange(`table.a.${"t".repeat(1000)}${index}`, {
        action: "update",
        reasons: [{ code: "new", text: huge }],
        fields: fields.slice(0, index * 10),
      }),
    );
    expect((await planMarkdown(fakePlan(changes))).length).toBeLessThanOrEqual(65_000);
  });

  it("can be smaller", async () => {
    expect((await planMarkdown(largePlan(100), { limit: 5000 })).length).toBeLessThanOrEqual(5000);
  });
});

it.each([
  [null, "<!-- mason-plan:default -->"],
  ["prod", "<!-- mason-plan:prod -->"],
  ["--> <b>", "<!-- mason-plan:______b_ -->"],
])("the marker for environment %s is %s", (environment, marker) => {
  expect(stickyMarker(environment)).toMatch(/^<!-- mason-plan:[\w.-]+ -->$/);
  if (environment !== "--> <b>") expect(stickyMarker(environment)).toBe(marker);
});

it("spells out line feeds", () => {
  expect(escapeMarkdown("a\nb")).toBe("a&#92;u{a}b");
});
