/** Plans for files that differ from the catalogue. It lists partitions as they are on storage; for anything else it only names repairs. */
import type { ColumnDrift, FileDrift } from "../../facts/catalog-and-files.ts";
import { filesAttribute } from "../../facts/wanted-files.ts";
import type { Partition } from "../../model/table.ts";
import { counted } from "../../operator/output.ts";
import type { Reason } from "../action.ts";
import { type Drift, driftReasons, ignoring, offered, planned, type Repair, type Subject } from "./drift.ts";

/** The part of a table's plan that follows from its files. */
export interface PlannedCatalogAndFiles {
  readonly drift: readonly Drift[];
  readonly reasons: readonly Reason[];
  readonly notes: readonly string[];
  readonly partitions?: { readonly add: readonly Partition[]; readonly drop: readonly Partition[] };
}

/** The part of a table whose files need nothing. */
export const noCatalogDrift: PlannedCatalogAndFiles = { drift: [], reasons: [], notes: [] };

/** Names of partitions that are listed. */
const mostNames = 5;

/** The part of a table. `canList` is true if its metastore can list partitions. */
export function planCatalogAndFiles(
  subject: Subject,
  found: FileDrift | undefined,
  canList: boolean,
): PlannedCatalogAndFiles {
  if (found === undefined) return noCatalogDrift;
  const partitions = partitionDrift(subject, found, canList);
  const others = [
    ...found.columns.map((column) => columnDrift(subject, column)),
    ...strayDrift(subject, found),
    ...unreadDrift(subject, found),
  ];
  if (partitions === null) return { ...noCatalogDrift, drift: others };
  const drift = [partitions, ...others];
  if (!canList) return { ...noCatalogDrift, drift };
  return {
    drift,
    reasons: driftReasons([partitions]),
    notes: [
      ...(found.unlisted.length === 0 ? [] : [`adds to the catalogue: ${namesOf(found.unlisted)}`]),
      ...(found.gone.length === 0 ? [] : [`removes from the catalogue: ${namesOf(found.gone)}`]),
    ],
    partitions: { add: found.unlisted, drop: found.gone },
  };
}

function partitionDrift(subject: Subject, { unlisted, gone }: FileDrift, canList: boolean): Drift | null {
  if (unlisted.length + gone.length === 0) return null;
  const parts = [
    ...(unlisted.length === 0 ? [] : [`${counted(unlisted.length, "partition")} on storage but not in the catalogue`]),
    ...(gone.length === 0 ? [] : [`${counted(gone.length, "partition")} in the catalogue but not on storage`]),
  ];
  const back = [
    ...(gone.length === 0 ? [] : [`bring back the files of ${namesOf(gone)}`]),
    ...(unlisted.length === 0 ? [] : [`remove the files of ${namesOf(unlisted)}`]),
  ];
  return disagreement(subject, parts.join(", "), [
    offered("revert", back.join(", ")),
    canList ? planned("adopt") : offered("adopt", "list them with the metastore's own tools"),
  ]);
}

/** The drift of a table whose catalogue and files differ. It can always be ignored. */
const disagreement = (subject: Subject, text: string, repairs: readonly Repair[]): Drift => ({
  ...subject,
  code: "catalog_and_files",
  text,
  repairs: [...repairs, ignoring([filesAttribute])],
});

function namesOf(partitions: readonly Partition[]): string {
  const names = partitions.slice(0, mostNames).map(({ values }) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${value ?? "null"}`)
      .join("/"),
  );
  const rest = partitions.length - names.length;
  return `${names.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function columnDrift(subject: Subject, { name, catalog, file, path }: ColumnDrift): Drift {
  if (catalog === null)
    return {
      ...disagreement(subject, `new column in the files: ${name} ${file}, in ${path}`, [
        offered("revert", "write the files without it: mason run operator table format"),
        offered("adopt", `declare it: { name: ${JSON.stringify(name)}, type: ${JSON.stringify(file)} }`),
      ]),
      code: "new_column",
    };
  const text =
    file === null
      ? `column ${name} is ${catalog} and not null in the catalogue, but ${path} lacks it`
      : `column ${name} is ${catalog} in the catalogue but ${file} in ${path}`;
  return disagreement(subject, text, [
    offered("revert", "write the files as declared: mason run operator table format"),
    offered("adopt", file === null ? `let ${name} be null` : `declare ${name} as ${JSON.stringify(file)}`),
  ]);
}

function strayDrift(subject: Subject, { stray: [first, ...more] }: FileDrift): readonly Drift[] {
  if (first === undefined) return [];
  const [what, rest] = more.length === 0 ? ["it", ""] : ["them", ` and ${more.length} more`];
  return [
    disagreement(subject, `in no partition, so engines don't see ${what}: ${first}${rest}`, [
      offered("revert", "take them away, or move them into the folder of a partition"),
    ]),
  ];
}

const unreadDrift = (subject: Subject, { unread: why }: FileDrift): readonly Drift[] =>
  why === undefined
    ? []
    : [
        disagreement(subject, `its files can't be compared with the catalogue: ${why}`, [
          offered("revert", "make the files readable"),
        ]),
      ];
