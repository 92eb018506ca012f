/** Edits of a spec, and which deployments must run after them. */
import { edgesOf, groupsOf, rawsReadBy } from "./documents.ts";
import type { Random } from "./random.ts";
import type { Edit, Raw, Spec } from "./spec.ts";

/** The spec after an edit; `null` when there is nothing to edit any more. */
export function edited(spec: Spec, edit: Edit): Spec | null {
  if ("raw" in edit) {
    const raw = spec.raws[edit.raw];
    const next = raw === undefined ? null : editedRaw(raw, edit);
    return next === null ? null : { ...spec, raws: spec.raws.map((old, at) => (at === edit.raw ? next : old)) };
  }
  if (edit.kind === "change_query") {
    const op = spec.ops[edit.op];
    if (op?.kind !== "query") return null;
    return { ...spec, ops: spec.ops.map((old, at) => (at === edit.op ? { ...op, salt: op.salt + 1 } : old)) };
  }
  const group = spec.groups[edit.group];
  if (group === undefined || !groupsOf(spec).some(({ name }) => name === group.name)) return null;
  const renamed = { ...group, name: `${group.name}_new`, movedFrom: group.name };
  return { ...spec, groups: spec.groups.map((old, at) => (at === edit.group ? renamed : old)) };
}

function editedRaw(raw: Raw, edit: Extract<Edit, { raw: number }>): Raw | null {
  switch (edit.kind) {
    case "change_value":
      return { ...raw, seed: raw.seed + 1 };
    case "add_file":
      return raw.layout === "folders" ? { ...raw, rows: raw.rows + 5 } : { ...raw, files: raw.files + 1 };
    case "remove_file":
      if (raw.layout === "folders") return { ...raw, rows: raw.rows - 5 };
      return raw.files > 1 ? { ...raw, files: raw.files - 1 } : null;
    case "rename_column": {
      const old = raw.columns[edit.column];
      const columns = raw.columns.map((column) => (column === old ? { ...column, name: `${column.name} 2` } : column));
      return old === undefined ? null : { ...raw, columns };
    }
  }
}

/** Names of the deployments that must run after an edit: whoever reads what changed, and all that follow. */
export function affectedBy(spec: Spec, edit: Edit): ReadonlySet<string> {
  const groups = groupsOf(spec);
  const edges = edgesOf(spec);
  const isChanged = (group: (typeof groups)[number]) =>
    "raw" in edit ? rawsReadBy(spec, group).has(edit.raw) : edit.kind === "change_query" && group.ops.includes(edit.op);
  const affected = new Set(groups.filter(isChanged).map(({ name }) => name));
  for (const group of groups) {
    if ([...(edges.get(group.name) ?? [])].some((name) => affected.has(name))) affected.add(group.name);
  }
  return affected;
}

/** One or two edits of a project. */
export function editsOf(chance: Random, spec: Spec): readonly Edit[] {
  const many = spec.raws.flatMap((raw, at) => (raw.layout === "file" ? [] : [at]));
  const free = spec.raws.flatMap((raw, at) =>
    !raw.header || spec.declared.some((declared) => declared.raw === at) ? [] : [at],
  );
  const queries = spec.ops.flatMap((op, at) => (op?.kind === "query" ? [at] : []));
  const possible: readonly Edit[] = [
    { kind: "change_value", raw: chance.int(0, spec.raws.length - 1) },
    ...many.flatMap((raw): readonly Edit[] => [
      { kind: "add_file", raw },
      { kind: "remove_file", raw },
    ]),
    ...free.map((raw): Edit => ({ kind: "rename_column", raw, column: chance.int(1, 2) })),
    ...queries.slice(0, 2).map((op): Edit => ({ kind: "change_query", op })),
    { kind: "rename_deployment", group: chance.int(0, spec.groups.length - 1) },
  ];
  return chance.some(possible, 1, 2);
}
