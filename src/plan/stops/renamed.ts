/** Hints for resources that look renamed: without `moved_from`, the old object is dropped and a new one is made. */
import { type Address, kindOf } from "../../address.ts";
import { type Diagnostic, warning } from "../../diagnostic/diagnostic.ts";
import { canonical, type JsonObject } from "../../json.ts";
import type { State } from "../../state/state.ts";
import type { Planned } from "../planned.ts";

/** The hints: one for each deleted resource with exactly one new resource of its kind and content. */
export function renamedHints(state: State, planned: ReadonlyMap<Address, Planned>): readonly Diagnostic[] {
  const gone = byContent(planned, (address, { change }) =>
    change.action === "delete" ? state.resources.get(address)?.declared : undefined,
  );
  if (gone.size === 0) return [];
  const made = byContent(planned, (address, { stage }) =>
    !state.resources.has(address) && stage !== undefined && "draft" in stage.work
      ? stage.work.draft.declared
      : undefined,
  );
  return [...gone].flatMap(([key, [from, ...others]]) => {
    const [to, ...more] = made.get(key) ?? [];
    return from === undefined || to === undefined || others.length + more.length > 0 ? [] : [hint(from, to)];
  });
}

/** Addresses by the content of what they declare; those without a declaration are left out. */
function byContent(
  planned: ReadonlyMap<Address, Planned>,
  declaredOf: (address: Address, part: Planned) => JsonObject | undefined,
): ReadonlyMap<string, readonly Address[]> {
  const found = new Map<string, Address[]>();
  for (const [address, part] of planned) {
    const declared = declaredOf(address, part);
    const key = declared === undefined ? null : contentKey(address, declared);
    if (key === null) continue;
    const list = found.get(key);
    if (list === undefined) found.set(key, [address]);
    else list.push(address);
  }
  return found;
}

/** The content without names; `null` for kinds that can't be moved. */
function contentKey(address: Address, declared: JsonObject): string | null {
  const kind = kindOf(address);
  if (kind !== "table" && kind !== "deployment") return null;
  const { name: _, location: __, schedule_name: ___, description: ____, ...content } = declared;
  return canonical([kind, content]);
}

const hint = (from: Address, to: Address): Diagnostic =>
  warning({
    code: "plan/looks-renamed",
    summary: "Resource looks renamed",
    detail: `This plan deletes "${from}" and makes "${to}", which has the same content. If you renamed it, add "moved_from: ${from}" to "${to}": then it keeps what it made and its runs.`,
    address: to,
  });
