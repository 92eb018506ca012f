/** Formats the YAML files of a project, or lists the unformatted ones. */
import { join } from "node:path";
import { type Diagnostic, warning } from "../diagnostic/diagnostic.ts";
import { findRoot, readProjectFiles } from "../io/project-files.ts";
import { rewriteFile } from "../io/rewrite-file.ts";
import { formatFile } from "../project/yaml/format-yaml.ts";
import type { CommandWorld } from "./command-world.ts";

/** The results by file, with paths relative to the root. */
export interface FormattedProject {
  /** Files that were not in canonical form. */
  readonly changed: readonly string[];
  /** The number of files that were in canonical form. */
  readonly unchanged: number;
  /** Files with YAML errors, left unchanged. */
  readonly broken: readonly string[];
  /** Files whose formatting might change their meaning, left unchanged. */
  readonly doubtful: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly textOf: (file: string) => string | null;
}

/** Formats the files. With `check` it writes nothing. */
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
    summary: "File left unchanged",
    detail: `Formatting "${file}" might change its meaning. Format it by hand if it matters.`,
    place: { file },
  });
