/** Reads a plan file, renders it as markdown in this process, and says what rendering cost by itself: node markdown-part.mjs FILE. */
import { readPlanFile } from "../src/command/plan-file.ts";
import { shownPlan } from "../src/plan/file/plan-file.ts";
import { planMarkdown } from "../src/view/plan/plan-markdown.ts";
import { measuredPart } from "./part.ts";
import { worldOf } from "./world.ts";

const { value, diagnostics } = readPlanFile(worldOf(process.cwd()), process.argv[2] ?? "");
if (value === undefined) throw new Error(JSON.stringify(diagnostics));
const plan = shownPlan(value);
const text = await measuredPart(() => planMarkdown(plan));
console.log(`${plan.changes.length} changes, ${text.length} characters`);
