/** Finds the project's root and reads its YAML files: all below the root, except in dot-directories, node_modules, nested projects, and what .masonignore matches. */
import { type Dirent, existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import ignore from "ignore";
import { fail } from "../diagnostic/diagnostic.ts";
import type { SourceFile } from "../project/project.ts";
import { mayHoldResources } from "../project/yaml/resource-text.ts";
import { diskProblem, readTextIfThere } from "./disk.ts";
import { masonHome } from "./environment.ts";

const settingsFiles = ["mason.yaml", "mason.yml"] as const;

/** The project's root: the given directory, else the nearest one upwards with a mason.yaml, else the current one; MASON_HOME if the current one holds no resource. */
export function findRoot(given: string | undefined, current: string, environment: NodeJS.ProcessEnv): string {
  if (given !== undefined) return requireDirectory(resolve(current, given));
  for (let at = current; ; at = dirname(at)) {
    if (isRoot(at)) return at;
    if (dirname(at) === at) break;
  }
  const home = masonHome(environment);
  const isEmpty = !readProjectFiles(current).some((source) => mayHoldResources(source.text));
  return isEmpty && existsSync(home) ? home : current;
}

const isRoot = (directory: string) => settingsFiles.some((name) => existsSync(join(directory, name)));

function requireDirectory(directory: string): string {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return directory;
  return fail({
    code: "project/no-directory",
    summary: "No such directory",
    detail: `"${directory}" is not a directory. Name the directory of a project.`,
  });
}

/** All YAML files of a project with their text, sorted by name. */
export function readProjectFiles(root: string): readonly SourceFile[] {
  const found: string[] = [];
  const links = new Set<string>();
  collect(root, "", found, links);
  const text = readTextIfThere(join(root, ".masonignore"));
  const kept = text === null ? found : withoutIgnored(found, text);
  return kept.map((file) => ({ file, text: readText(root, file, links.has(file)) }));
}

/** .masonignore follows the rules of .gitignore; mason.yaml itself is always read. */
function withoutIgnored(files: readonly string[], text: string): readonly string[] {
  const rules = ignore().add(text);
  const isSettings = (file: string) => settingsFiles.some((name) => name === file);
  return files.filter((file) => isSettings(file) || !rules.ignores(file));
}

function collect(root: string, directory: string, found: string[], links: Set<string>): void {
  let entries: Dirent[];
  try {
    entries = readdirSync(join(root, directory), { withFileTypes: true });
  } catch (thrown) {
    throw diskProblem("read", join(root, directory), thrown);
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (isSearched(root, path, entry.name)) collect(root, path, found, links);
    } else if (
      /\.ya?ml$/.test(entry.name) &&
      !entry.name.startsWith(".") &&
      (entry.isFile() || entry.isSymbolicLink())
    ) {
      found.push(path);
      if (entry.isSymbolicLink()) links.add(path);
    }
  }
}

const isSearched = (root: string, path: string, name: string) =>
  !name.startsWith(".") && name !== "node_modules" && !isRoot(join(root, path));

function readText(root: string, file: string, isLink: boolean): string {
  try {
    if (isLink && !isInside(root, file))
      return fail({
        code: "path/leaves-root",
        summary: "Link leaves the project",
        detail: `"${file}" is a link to a file outside the project, which Mason does not read. Copy the file here, or list the link in .masonignore.`,
        place: { file },
      });
    return readFileSync(join(root, file), "utf8");
  } catch (thrown) {
    throw diskProblem("read", join(root, file), thrown);
  }
}

const isInside = (root: string, file: string): boolean =>
  realpathSync(join(root, file)).startsWith(`${realpathSync(root)}${sep}`);
