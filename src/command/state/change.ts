/** Commands that change only the state: under the lease, with a new serial, and refused while an apply is unfinished. */
import { join } from "node:path";
import type { Address } from "../../address.ts";
import { addressForms, addressKind } from "../../address.ts";
import { fail, required } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { createRunStore } from "../../io/run-store.ts";
import { addHistory } from "../../io/state/history.ts";
import { readUnfinished, writeFence } from "../../io/state/journal.ts";
import { forceUnlock, type Holder } from "../../io/state/lease.ts";
import type { StateBackend } from "../../io/state/state-backend.ts";
import { addressesLike } from "../../plan/targets.ts";
import type { Project } from "../../project/project.ts";
import { leftOf, unfinishedWords } from "../../state/journal-entry.ts";
import { parseLockfile } from "../../state/lockfile.ts";
import type { Entry, State } from "../../state/state.ts";
import type { CommandWorld } from "../command-world.ts";
import { withLease } from "./under-lease.ts";

/** Saves what `change` makes of the state; `undefined` leaves it unchanged. */
export async function changeState(
  world: CommandWorld,
  backend: StateBackend,
  purpose: string,
  change: (state: State) => State | undefined,
): Promise<State> {
  return withLease(world, backend, { purpose, timeoutMs: 0 }, async ({ holder }) => {
    const found = await readUnfinished(backend.storage, backend.prefix);
    const state = required(await backend.read(world.newId()));
    const unfinished = found === null ? null : leftOf(found, state);
    if (unfinished !== null) {
      const { subject, finish } = unfinishedWords(unfinished);
      return fail({
        code: "apply/unfinished",
        summary: "Unfinished apply",
        detail: `${subject} is unfinished. Finish it first: ${finish}`,
      });
    }
    const changed = change(state);
    if (changed === undefined) return state;
    const next: State = { ...changed, serial: Math.max(state.serial, changed.serial) + 1 };
    await backend.save(next, state.serial);
    await addHistory(backend.storage, backend.prefix, {
      serial: next.serial,
      plan_id: purpose,
      who: holder.who,
      host: holder.host,
      at: holder.since,
      destroy: false,
      done: 1,
      failed: 0,
      skipped: 0,
      cancelled: 0,
    });
    return next;
  });
}

function requireEntry(state: State, address: Address): Entry {
  const entry = state.resources.get(address);
  if (entry !== undefined) return entry;
  return fail({
    code: "state/unknown-address",
    summary: "Unknown address",
    detail: `"${address}" is not in the state.${didYouMean(address, state.resources.keys()) || ' See "mason state list".'}`,
  });
}

/** Gives a resource another address, in the state and in the records of its runs. */
export async function moveResource(
  world: CommandWorld,
  { project, backend }: { readonly project: Pick<Project, "root">; readonly backend: StateBackend },
  from: Address,
  to: Address,
): Promise<State> {
  const state = await changeState(world, backend, "state mv", (before) => moveEntry(before, from, to));
  createRunStore(join(project.root, ".mason")).move(from, to);
  return state;
}

/** The state with one entry moved to another address. */
export function moveEntry(state: State, from: Address, to: Address): State {
  const entry = requireEntry(state, from);
  if (from.split(".")[0] !== to.split(".")[0])
    fail({
      code: "state/other-kind",
      summary: "Address of another kind",
      detail: `"${from}" can't become "${to}", which is an address of another kind. Give an address of the same kind.`,
    });
  const kind = addressKind(from);
  if (kind !== null && addressKind(to) !== kind)
    fail({
      code: "state/no-address",
      summary: "Not an address",
      detail: `"${to}" is not the address of a ${kind}. Write it in full, like "${addressForms[kind]}".`,
    });
  if (state.resources.has(to))
    fail({
      code: "state/exists",
      summary: "Address is taken",
      detail: `"${to}" is already in the state. Choose another address, or remove that entry first.`,
    });
  const renamed = (address: Address) => (address === from ? to : address);
  const resources = new Map(
    [...state.resources].map(([address, other]): [Address, Entry] => [
      renamed(address),
      { ...other, depends_on: other.depends_on.map(renamed).sort() },
    ]),
  );
  resources.set(to, entry);
  return { ...state, resources };
}

/** The state without the entries that match addresses and globs. */
export function removeEntries(
  state: State,
  patterns: readonly string[],
): { readonly state: State; readonly removed: readonly Address[] } {
  const removed = patterns.flatMap((pattern) => {
    const found = addressesLike(pattern, [...state.resources.keys()]);
    if (found.length === 0) requireEntry(state, pattern);
    return found;
  });
  const resources = new Map([...state.resources].filter(([address]) => !removed.includes(address)));
  return { state: { ...state, resources }, removed };
}

/** Replaces the state with the text of a lockfile. Another lineage or an older serial needs `force`. */
export async function pushState(
  world: CommandWorld,
  backend: StateBackend,
  text: string,
  name: string,
  force: boolean,
): Promise<State> {
  const pushed = required(parseLockfile(text, name));
  return changeState(world, backend, "state push", (state) => {
    if (!force && state.serial > 0 && state.lineage !== pushed.lineage) {
      fail({
        code: "state/other-lineage",
        summary: "State of another project",
        detail: `"${name}" has lineage ${pushed.lineage}, but "${backend.name}" has ${state.lineage}: they are states of different projects. To replace it anyway, add --force.`,
      });
    }
    if (!force && pushed.serial < state.serial) {
      fail({
        code: "state/older-serial",
        summary: "Older state",
        detail: `"${name}" has serial ${pushed.serial}, but "${backend.name}" already has ${state.serial}. To lose the newer one, add --force.`,
      });
    }
    return pushed;
  });
}

/** Frees the lease of a holder that has ended, and stops it if it wakes up. */
export async function unlockState(world: CommandWorld, backend: StateBackend, id: string): Promise<Holder> {
  const { storage, prefix } = backend;
  const at = world.clock.now().toISOString();
  return forceUnlock(storage, prefix, id, at, (epoch) =>
    writeFence(storage, prefix, epoch, `unlock by ${world.user}`, at),
  );
}
