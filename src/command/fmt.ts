/** Formats the YAML files of a project, or says which are not formatted. */
import { join } from "node:path";
import { type Diagnostic, warning } from "../diagnostic/diagnostic.ts";
import { findRoot, readProjectFiles } from "../io/project-files.ts";
import { rewriteFile } from "../io/rewrite-file.ts";
import { formatFile } from "../project/yaml/format-yaml.ts";
import type { CommandWorld } from "./command-world.ts";

/** What became of the files, by their paths from the root. */
export interface FormattedProject {
  /** Files that are not in canonical form, or were not. */
  readonly changed: readonly string[];
  /** How many were in canonical form. */
  readonly unchanged: number;
  /** Files whose YAML has errors; left alone. */
  readonly broken: readonly string[];
  /** Files that could not be formatted without a doubt; left alone. */
  readonly doubtful: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly textOf: (file: string) => string | null;
}

/** Formats; with `check` nothing is written. */
export function formatProject(world: CommandWorld, check: boolean): FormattedProject {
  const root = findRoot(world.project, world.directory, world.env);
  const files = readProjectFiles(root);
  const found = { changed: [] as string[], broken: [] as string[], doubtful: [] as string[] };
  const diagnostics: Diagnostic[] = [];
  let unchanged = 0;
  for (const source of files) {
    const formatted = formatFile(source);
    if (formatted.kind === "same") unchanged++;
    else if (formatted.kind !== "other") found[formatted.kind].push(source.file);
    if (formatted.kind === "broken") diagnostics.push(...formatted.diagnostics);
    if (formatted.kind === "doubtful") diagnostics.push(leftAlone(source.file));
    if (formatted.kind === "changed" && !check) rewriteFile(join(root, source.file), formatted.text);
  }
  const textOf = (file: string) => files.find((source) => source.file === file)?.text ?? null;
  return { ...found, unchanged, diagnostics, textOf };
}

const leftAlone = (file: string): Diagnostic =>
  warning({
    code: "fmt/left-alone",
    summary: "File left as it is",
    detail: `"${file}" can't be formatted without a doubt that it still says the same. Format it by hand where that matters.`,
    place: { file },
  });
