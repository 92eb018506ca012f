/** Reads the state as it was saved, to show it. Nothing is refreshed, and no resource of the project is read. */
import { type Checked, type Diagnostic, hasErrors } from "../../diagnostic/diagnostic.ts";
import { readLocalState, scanLocalState } from "../../io/state/local-state.ts";
import type { Project } from "../../project/project.ts";
import { type StateRows, stateRows } from "../../state/scan-lockfile.ts";
import type { State } from "../../state/state.ts";
import type { CommandWorld } from "../command-world.ts";
import { loadStateSettings } from "./settings.ts";

/** A state, whole or in short, with the name of its backend. */
export interface Shown<T> {
  /** For example `mason.lock`. */
  readonly name: string;
  readonly state: T;
}

/** A state to show; without a value there are errors. */
export type ShownState<T> = Checked<Shown<T>> & { readonly textOf: (file: string) => string | null };

/** Reads the whole state of a project. */
export async function showState(world: CommandWorld): Promise<ShownState<State>> {
  return readShown(
    world,
    (project) => wholeState(world, project),
    ({ resources }) => resources.size,
  );
}

/** Reads the state in short, for lists. */
export async function showRows(world: CommandWorld): Promise<ShownState<StateRows>> {
  const read = async (project: Project): Promise<Checked<Shown<StateRows>>> => {
    const path = localPath(project);
    const scanned = path === null ? null : scanLocalState(project.root, path);
    if (path !== null && scanned !== null) return { value: { name: path, state: scanned }, diagnostics: [] };
    const { value, diagnostics } = await wholeState(world, project);
    return value === undefined
      ? { diagnostics }
      : { value: { name: value.name, state: stateRows(value.state) }, diagnostics };
  };
  return readShown(world, read, ({ rows }) => rows.length);
}

async function readShown<T>(
  world: CommandWorld,
  read: (project: Project) => Promise<Checked<Shown<T>>>,
  count: (state: T) => number,
): Promise<ShownState<T>> {
  const { project, diagnostics, usable, hasFile } = await loadStateSettings(world);
  const { textOf } = project;
  if (!usable) return { diagnostics, textOf };
  const found = await read(project);
  const isNothing = !hasFile && found.value !== undefined && count(found.value.state) === 0;
  const all = [...diagnostics, ...found.diagnostics, ...(isNothing ? await noProjectHere(world) : [])];
  return found.value === undefined || hasErrors(all)
    ? { diagnostics: all, textOf }
    : { value: found.value, diagnostics: all, textOf };
}

/** The problem of a directory without a project. A project needs no mason.yaml, so only its other files tell. */
async function noProjectHere(world: CommandWorld): Promise<readonly Diagnostic[]> {
  const { loadProject } = await import("../project/load-project.ts");
  const { isNoProject, noProject } = await import("../project/no-project.ts");
  const loaded = await loadProject(world);
  return isNoProject(loaded) ? [noProject(world, loaded.project)] : [];
}

/** The path of the lockfile, or `null` for another backend. */
function localPath(project: Project): string | null {
  const { backend, settings } = project.settings.state;
  return backend === "local" ? String(settings.path ?? "mason.lock") : null;
}

async function wholeState(world: CommandWorld, project: Project): Promise<Checked<Shown<State>>> {
  const path = localPath(project);
  const local = path === null ? null : readLocalState(project.root, path, world.newId());
  if (path !== null && local !== null) return shown(path, local.value, local.diagnostics);
  const { openBackend } = await import("./open-backend.ts");
  const { readState } = await import("./read-state.ts");
  const backend = await openBackend(world, project);
  const { state, diagnostics } = await readState(backend, world.newId(), "warn");
  return shown(backend.name, state, diagnostics);
}

const shown = (name: string, state: State | undefined, diagnostics: readonly Diagnostic[]): Checked<Shown<State>> =>
  state === undefined ? { diagnostics } : { value: { name, state }, diagnostics };
