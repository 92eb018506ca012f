/** `mason get` and `mason config`: list what a project declares as tables, or show one resource as JSON. */
import { configAddress } from "../../address.ts";
import type { CommandWorld } from "../../command/command-world.ts";
import { listProject } from "../../command/get.ts";
import { chosenConfig, configIds } from "../../command/project/chosen-config.ts";
import { loadProject } from "../../command/project/load-project.ts";
import { fail, hasErrors } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { writeSession } from "../../io/session.ts";
import type { Json } from "../../json.ts";
import { listsText } from "../../view/project/resource-rows.ts";
import { jsonText } from "../../view/run/data-text.ts";
import { relevantProblems } from "../input/relevant-problems.ts";
import type { Terminal } from "../output/terminal.ts";
import { type Item, itemsOf, type Kind, kinds, namespaces } from "./gettable.ts";

/** The words after `mason get`, and `-c`. */
export interface GetRequest {
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly command?: string | undefined;
  readonly config?: string | undefined;
}

/** Prints lists or one resource; returns 0, or 1 if the project has errors. */
export async function getCommand(terminal: Terminal, world: CommandWorld, request: GetRequest): Promise<number> {
  const kind = kindOf(request.kind ?? "all");
  const listed = await listProject(world);
  const config = chosenConfig(listed.loaded, request.config);
  const diagnostics = [...relevantProblems(listed.diagnostics, null), ...config.diagnostics];
  terminal.problems(diagnostics, listed.loaded.project.textOf);
  const items = (each: Kind) => itemsOf(each, listed, config.value, world.registry);
  if (kind === "all") showAll(terminal, items, request);
  else showKind(terminal, kind, items(kind), request);
  return hasErrors(diagnostics) ? 1 : 0;
}

function kindOf(word: string): Kind | "all" {
  const known = ["all", ...kinds] as const;
  const found = known.find((kind) => kind === word);
  if (found !== undefined) return found;
  return fail({
    code: "get/unknown-kind",
    summary: "Unknown kind of resource",
    detail: `"${word}" is not a kind of resource. Name one of ${known.join(", ")}.${didYouMean(word, known)}`,
  });
}

const title = (kind: Kind) => `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}s`;
const rowsOf = (items: readonly Item[]) => items.map((item) => item.row);

function showAll(terminal: Terminal, items: (kind: Kind) => readonly Item[], { namespace }: GetRequest): void {
  if (namespace !== undefined) usage('"get all" does not take a name.');
  const lists = (["operator", "workflow", "config"] as const).map((kind) => ({
    key: `${kind}s`,
    title: title(kind),
    rows: rowsOf(items(kind)),
  }));
  terminal.print(listsText(lists, terminal.rows));
  terminal.printJson(Object.fromEntries(lists.map(({ key, rows }) => [key, rows])));
}

function showKind(terminal: Terminal, kind: Kind, all: readonly Item[], { namespace, command }: GetRequest): void {
  const found = namespace === undefined ? all : named(kind, all, namespace, command);
  if ("json" in found) {
    terminal.print(jsonText(found.json()));
    terminal.printJson(found.json());
    return;
  }
  terminal.print(listsText([{ title: title(kind), rows: rowsOf(found) }], terminal.rows));
  terminal.printJson(rowsOf(found));
}

/** The item that one or two words name, or the items of a namespace. Throws Diagnosed if there is none. */
function named(
  kind: Kind,
  all: readonly Item[],
  first: string,
  second: string | undefined,
): readonly Item[] | { readonly json: () => Json } {
  const space = namespaces[kind];
  const inside = all.filter(({ name }) => name[0] === first);
  const [item] = inside;
  if (space === undefined) {
    if (second !== undefined) usage(`"get ${kind}" takes one name.`);
    return item ?? unknown(kind, kind, first, all, 0);
  }
  if (item === undefined) return unknown(kind, space, first, all, 0);
  if (second === undefined) return inside;
  return inside.find(({ name }) => name[1] === second) ?? unknown(kind, kind, second, inside, 1, ` in "${first}"`);
}

function unknown(kind: Kind, label: string, name: string, items: readonly Item[], at: number, where = ""): never {
  const known = items.map((item) => item.name[at] ?? "");
  return fail({
    code: `get/unknown-${label}`,
    summary: `Unknown ${label}`,
    detail: `There is no ${label} "${name}"${label === kind ? where : ` with ${kind}s`}. "mason get ${kind}" lists all of them.${didYouMean(name, known)}`,
  });
}

function usage(text: string): never {
  return fail({
    code: "command/usage",
    summary: "Wrong use of the command",
    detail: `${text} "--help" shows the arguments and flags of the command.`,
  });
}

/** `mason config`: lists configs, shows one, or selects one for the session. */
export async function configCommand(
  terminal: Terminal,
  world: CommandWorld,
  id: string | undefined,
  set: boolean,
): Promise<number> {
  if (set && id === undefined) usage('"-s" needs the id of a config.');
  if (set && id !== undefined) await setSession(terminal, world, id);
  return getCommand(terminal, world, { kind: "config", namespace: set && !terminal.json ? undefined : id });
}

async function setSession(terminal: Terminal, world: CommandWorld, id: string): Promise<void> {
  const { project, masonDirectory } = await loadProject(world);
  if (!project.resources.has(configAddress(id))) {
    const ids = configIds(project);
    fail({
      code: "config/unknown",
      summary: "Unknown config",
      detail: `Config "${id}" is not declared in this project, so the session's config was left unchanged. "mason config" lists all configs.${didYouMean(id, ids)}`,
    });
  }
  const { environment } = project.settings;
  writeSession(masonDirectory, environment, id);
  terminal.note(
    `This session now uses config "${id}"${environment === null ? "" : ` in environment "${environment}"`}.`,
  );
}
