/** Lifecycle settings name things that exist: ignored attributes, previous addresses, removed resources. */
import { type Address, addressForms, addressKind, type ResourceKind, resourceKinds } from "../../address.ts";
import { type Diagnostic, error, warning } from "../../diagnostic/diagnostic.ts";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { Resource } from "../../project/resource.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import type { Rule } from "../rule.ts";

export const lifecycles: Rule = ({ project }) => [
  ...[...project.resources.values()].flatMap((resource) => [...checkIgnored(resource), ...checkMoved(resource)]),
  ...checkMovedTwice(project),
  ...checkRemoved(project),
  ...checkLimits(project),
];

/** The attributes whose differences can be ignored, by kind; columns one by one. */
const ignorable: Readonly<Partial<Record<ResourceKind, readonly string[]>>> = {
  database: ["location", "comment"],
  table: ["format", "location", "columns", "column_order", "partitions", "files"],
  deployment: ["outputs", "schedule", "timezone", "start", "catchup", "max_active_runs", "paused", "bundle"],
};
const withParts = ["columns", "partitions"];

function checkIgnored(resource: Resource): readonly Diagnostic[] {
  const known = ignorable[resource.kind];
  if (known === undefined || !("lifecycle" in resource)) return [];
  return resource.lifecycle.ignoreChanges.flatMap((name, index) => {
    const [whole = "", part] = name.split(".");
    if (known.includes(name) || (part !== undefined && withParts.includes(whole) && known.includes(whole))) return [];
    return [
      problemAt(resource, ["lifecycle", "ignore_changes", index], {
        code: "lifecycle/unknown-attribute",
        summary: "Unknown attribute",
        detail: `A ${resource.kind} has no attribute "${name}" that can be ignored; it has ${known.join(", ")}${known.includes("columns") ? ", and columns.NAME" : ""}. Rename or remove it.${didYouMean(name, known)}`,
      }),
    ];
  });
}

function checkMoved(resource: Resource): readonly Diagnostic[] {
  const { movedFrom, address, kind } = resource;
  if (movedFrom !== undefined && addressKind(movedFrom) !== kind) return [notAnAddress(resource, movedFrom)];
  if (movedFrom !== address) return [];
  return [
    problemAt(resource, ["moved_from"], {
      code: "moved/same-address",
      summary: "Moved to where it is",
      detail: `"moved_from" of "${address}" is its current address. Write its previous address, or remove the field.`,
    }),
  ];
}

function notAnAddress(resource: Resource, text: string): Diagnostic {
  const { kind } = resource;
  const name = text.trim().split(".").at(-1) ?? "";
  const guess = kind === "table" ? `table.${resource.database}.${name}` : `${kind}.${name}`;
  const hint = addressKind(guess) === kind ? ` Did you mean "${guess}"?` : "";
  return problemAt(resource, ["moved_from"], {
    code: "moved/no-address",
    summary: "Not an address",
    detail: `"${text}" is not the address of a ${kind}. Write the previous address in full, like "${addressForms[kind]}".${hint}`,
  });
}

function checkMovedTwice({ resources }: Project): readonly Diagnostic[] {
  const first = new Map<Address, Address>();
  return [...resources.values()].flatMap((resource) => {
    const { movedFrom, address } = resource;
    const other = movedFrom === undefined ? undefined : first.get(movedFrom);
    if (movedFrom !== undefined && other === undefined) first.set(movedFrom, address);
    if (other === undefined) return [];
    return [
      problemAt(resource, ["moved_from"], {
        code: "moved/twice",
        summary: "Moved to two addresses",
        detail: `"${movedFrom}" can't become both "${other}" and "${address}". Remove "moved_from" of one of them.`,
      }),
    ];
  });
}

function checkRemoved({ settings, resources }: Project): readonly Diagnostic[] {
  return [...settings.removed.keys()].flatMap((address: Address) => {
    if (addressKind(address) === null)
      return [
        error({
          code: "removed/no-address",
          summary: "Not an address",
          detail: `"${address}" in "removed" of mason.yaml is not an address, so it has no effect. Write one like "table.sales.orders".${didYouMean(address.split(".")[0] ?? "", resourceKinds)}`,
        }),
      ];
    if (!resources.has(address)) return [];
    return [
      error({
        code: "removed/declared",
        summary: "Removed and declared",
        detail: `"${address}" is in "removed" of mason.yaml but is still declared. Remove one of the two.`,
        address,
      }),
    ];
  });
}

function checkLimits(project: Project): readonly Diagnostic[] {
  const names = new Set(resourcesOf(project, "config").flatMap((config) => Object.keys(config.clients)));
  return Object.keys(project.settings.clientLimits).flatMap((name) =>
    names.has(name) || name === "*"
      ? []
      : [
          warning({
            code: "limits/unknown-client",
            summary: "Limit without a client",
            detail: `"limits.clients.${name}" in mason.yaml has no effect: no config has a client "${name}". Rename or remove it.${didYouMean(name, names)}`,
          }),
        ],
  );
}
