/** The state as it is kept, for people to look at: nothing is refreshed, and no resource of the project is read. */
import { type Checked, hasErrors } from "../diagnostic/diagnostic.ts";
import type { State } from "../state/state.ts";
import type { CommandWorld } from "./command-world.ts";
import { loadSettings } from "./load-settings.ts";
import { openBackend } from "./open-backend.ts";
import { readState } from "./read-state.ts";

/** A state with the name of where it is kept. */
export interface ShownState {
  /** `mason.lock`. */
  readonly name: string;
  readonly state: State;
}

/** Reads the state of a project. Without a value there are errors. */
export async function showState(
  world: CommandWorld,
): Promise<Checked<ShownState> & { readonly textOf: (file: string) => string | null }> {
  const { project, diagnostics, usable } = loadSettings(world);
  const { textOf } = project;
  if (!usable) return { diagnostics, textOf };
  const backend = await openBackend(world, project);
  const read = await readState(backend, world.newId(), "warn");
  const all = [...diagnostics, ...read.diagnostics];
  if (read.state === undefined || hasErrors(all)) return { diagnostics: all, textOf };
  return { value: { name: backend.name, state: read.state }, diagnostics: all, textOf };
}
