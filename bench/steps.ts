/** Writes a project with one deployment of many steps that touch no data: each is `database:list` over an empty local root. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the last step calls, when it is to be another operator than all the others. */
export interface LastStep {
  /** The file of the project that declares it, and that of its module. */
  readonly files: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly command: string;
}

/** Diamonds in a row: a step, two that follow it, and one that waits for both and that the next diamond follows. */
export function writeSteps(directory: string, steps: number, last?: LastStep): void {
  const called = (at: number) => (at === steps - 1 ? last : undefined) ?? { namespace: "database", command: "list" };
  const dag = Array.from({ length: steps }, (_, at) => stepText(at, called(at))).join("");
  for (const [name, text] of Object.entries(last?.files ?? {})) writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, "data"));
  writeFileSync(join(directory, "mason.yaml"), `name: steps\ndefault_config: "1"\n`);
  writeFileSync(
    join(directory, "all.yaml"),
    `type: config
id: 1
metastore_engine: local
storage_engine: local
scheduler_engine: local
clients: { local: { configuration: { root: data } } }
---
type: workflow
namespace: bench
command: steps
dag:
${dag}---
type: deployment
name: steps
workflow: bench:steps
`,
  );
}

function stepText(at: number, { namespace, command }: Pick<LastStep, "namespace" | "command">): string {
  const after = dependenciesOf(at);
  const dependencies = after.length === 0 ? "" : `, dependencies: [${after.map((id) => `s${id}`).join(", ")}]`;
  return `  - { id: s${at}, type: operator, namespace: ${namespace}, command: ${command}${dependencies} }\n`;
}

function dependenciesOf(at: number): readonly number[] {
  switch (at % 4) {
    case 0:
      return at === 0 ? [] : [at - 1];
    case 3:
      return [at - 2, at - 1];
    default:
      return [at - (at % 4)];
  }
}
