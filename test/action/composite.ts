/** Runs a composite action as its runner would: the expressions, conditions, environment, outputs and artifacts that this one uses. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

/** One step of the action. */
interface Step {
  readonly id?: string;
  readonly name: string;
  readonly if?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The action's file. */
export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

/** Where the action is. */
export const actionDirectory = fileURLToPath(new URL("../../action", import.meta.url));

/** Reads the action. */
export const readAction = async (): Promise<Action> =>
  parse(await readFile(join(actionDirectory, "action.yml"), "utf8"));

/** One use of the action in a job. */
export interface Use {
  readonly inputs: Readonly<Record<string, string>>;
  /** Variables of the job. */
  readonly env: Readonly<Record<string, string>>;
  /** The event's payload. */
  readonly event: object;
  readonly workspace: string;
  readonly temp: string;
  /** Artifacts of the repository: name -> file. */
  readonly artifacts: Map<string, string>;
}

/** What came of it. */
export interface Used {
  readonly code: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names of the steps that ran. */
  readonly ran: readonly string[];
}

/** Runs all steps, up to the first that fails. */
export async function useAction(use: Use): Promise<Used> {
  const action = await readAction();
  const scratch = await mkdtemp(join(use.temp, "job-"));
  await writeFile(join(scratch, "event.json"), JSON.stringify(use.event));
  await writeFile(join(scratch, "summary"), "");
  const context: Record<string, string> = { "github.token": "", "github.api_url": "", "runner.temp": scratch };
  for (const [name, { default: value }] of Object.entries(action.inputs))
    context[`inputs.${name}`] = use.inputs[name] ?? fill(value ?? "", context);
  let [log, code] = ["", 0];
  const ran: string[] = [];
  for (const step of action.runs.steps) {
    if (code !== 0 || (step.if !== undefined && evaluate(step.if, context) in { "": 0, false: 0 })) continue;
    ran.push(step.name);
    const output = join(scratch, `output-${ran.length}`);
    await writeFile(output, "");
    if (step.uses !== undefined) code = await artifactStep(step, context, use.artifacts);
    else {
      const ended = await runScript(step, use, scratch, output, context);
      [code, log] = [ended.code, log + ended.log];
    }
    for (const line of (await readFile(output, "utf8")).split("\n")) {
      const at = line.indexOf("=");
      if (at > 0) context[`steps.${step.id}.outputs.${line.slice(0, at)}`] = line.slice(at + 1);
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, context)]);
  return {
    code,
    log,
    ran,
    outputs: Object.fromEntries(outputs),
    summary: await readFile(join(scratch, "summary"), "utf8"),
  };
}

function runScript(
  step: Step,
  use: Use,
  scratch: string,
  output: string,
  context: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  const own = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value, context)]);
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run ?? "exit 1"], {
    cwd: use.workspace,
    env: {
      PATH: process.env.PATH,
      HOME: scratch,
      CI: "true",
      ...use.env,
      GITHUB_ACTION_PATH: actionDirectory,
      GITHUB_EVENT_PATH: join(scratch, "event.json"),
      GITHUB_STEP_SUMMARY: join(scratch, "summary"),
      GITHUB_OUTPUT: output,
      ...Object.fromEntries(own),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part) => {
      log += part;
    });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, log }));
  });
}

/** What actions/upload-artifact and actions/download-artifact do with one file. */
async function artifactStep(
  { uses, with: given = {} }: Step,
  context: Readonly<Record<string, string>>,
  artifacts: Map<string, string>,
): Promise<number> {
  const value = (name: string) => fill(String(given[name]), context);
  if (uses?.startsWith("actions/upload-artifact@") === true) {
    if (!existsSync(value("path"))) return 1;
    artifacts.set(value("name"), value("path"));
    return 0;
  }
  const file = artifacts.get(value("name"));
  if (file === undefined) return 1;
  await mkdir(value("path"), { recursive: true });
  await copyFile(file, join(value("path"), "plan.bin"));
  return 0;
}

const fill = (text: string, context: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => evaluate(expression, context));

/** Names, strings, `==`, `!=`, `&&` and `||`; no parentheses. */
function evaluate(expression: string, context: Readonly<Record<string, string>>): string {
  const isTrue = (text: string) => text !== "" && text !== "false";
  const any = expression.split("||");
  if (any.length > 1) return any.map((part) => evaluate(part, context)).find((text) => text !== "") ?? "";
  const all = expression.split("&&");
  if (all.length > 1) return String(all.every((part) => isTrue(evaluate(part, context))));
  const compared = /^(.*?)(==|!=)(.*)$/s.exec(expression);
  if (compared !== null) {
    const [, left = "", operator, right = ""] = compared;
    return String((evaluate(left, context) === evaluate(right, context)) === (operator === "=="));
  }
  const name = expression.trim();
  return /^'.*'$/.test(name) ? name.slice(1, -1) : (context[name] ?? "");
}
