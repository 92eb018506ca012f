/** What a plan does about files that disagree with the catalogue: partitions are listed as they are on storage; of other things it only says how to put them right. */
import type { Partition } from "../model/table.ts";
import type { ColumnDrift, FileDrift } from "../state/file-drift.ts";
import type { Reason } from "./action.ts";
import { type Drift, driftReasons, ignoring, offered, planned, type Subject } from "./drift.ts";

/** The part of a table's plan that its files ask for. */
export interface PlannedFiles {
  readonly drift: readonly Drift[];
  readonly reasons: readonly Reason[];
  readonly notes: readonly string[];
  readonly partitions?: { readonly add: readonly Partition[]; readonly drop: readonly Partition[] };
}

/** Files that ask for nothing. */
export const noFileDrift: PlannedFiles = { drift: [], reasons: [], notes: [] };

/** What of a table's attributes in `ignore_changes` stands for its files. */
export const filesAttribute = "files";

/** Names of partitions that are listed. */
const mostNames = 5;

/** The part of a table; `canList`: its metastore has the verbs that list partitions. */
export function planFileDrift(subject: Subject, found: FileDrift | undefined, canList: boolean): PlannedFiles {
  if (found === undefined) return noFileDrift;
  const partitions = partitionDrift(subject, found, canList);
  const others = [
    ...found.columns.map((column) => columnDrift(subject, column)),
    ...stray(subject, found),
    ...unread(subject, found),
  ];
  if (partitions === null) return { ...noFileDrift, drift: others };
  const drift = [partitions, ...others];
  if (!canList) return { ...noFileDrift, drift };
  return {
    drift,
    reasons: driftReasons([partitions]),
    notes: [
      ...(found.unlisted.length === 0 ? [] : [`adds to the catalogue: ${namesOf(found.unlisted)}`]),
      ...(found.gone.length === 0 ? [] : [`takes from the catalogue: ${namesOf(found.gone)}`]),
    ],
    partitions: { add: found.unlisted, drop: found.gone },
  };
}

function partitionDrift(subject: Subject, { unlisted, gone }: FileDrift, canList: boolean): Drift | null {
  if (unlisted.length + gone.length === 0) return null;
  const parts = [
    ...(unlisted.length === 0 ? [] : [`${counted(unlisted.length)} on storage and not in the catalogue`]),
    ...(gone.length === 0 ? [] : [`${counted(gone.length)} in the catalogue and not on storage`]),
  ];
  const back = [
    ...(gone.length === 0 ? [] : [`bring back the files of ${namesOf(gone)}`]),
    ...(unlisted.length === 0 ? [] : [`take away the files of ${namesOf(unlisted)}`]),
  ];
  return {
    ...subject,
    code: "catalog_and_files",
    text: parts.join(", "),
    repairs: [
      offered("revert", back.join(", ")),
      canList ? planned("adopt") : offered("adopt", "list them with the metastore's own tools"),
      ignoring([filesAttribute]),
    ],
  };
}

const counted = (count: number) => `${count} ${count === 1 ? "partition" : "partitions"}`;

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
      ...subject,
      code: "new_column",
      text: `new column in the files: ${name} ${file}, in ${path}`,
      repairs: [
        offered("revert", "write the files without it: mason run operator table format"),
        offered("adopt", `declare it: { name: ${JSON.stringify(name)}, type: ${JSON.stringify(file)} }`),
        ignoring([filesAttribute]),
      ],
    };
  return {
    ...subject,
    code: "catalog_and_files",
    text:
      file === null
        ? `column ${name} is ${catalog} in the catalogue and not null, and ${path} lacks it`
        : `column ${name} is ${catalog} in the catalogue and ${file} in ${path}`,
    repairs: [
      offered("revert", "write the files as declared: mason run operator table format"),
      offered("adopt", file === null ? `let ${name} be null` : `declare ${name} as ${JSON.stringify(file)}`),
      ignoring([filesAttribute]),
    ],
  };
}

const stray = (subject: Subject, { stray: [first, ...more] }: FileDrift): readonly Drift[] =>
  first === undefined
    ? []
    : [
        {
          ...subject,
          code: "catalog_and_files",
          text: `in no partition, so that engines don't see ${more.length === 0 ? "it" : "them"}: ${first}${more.length === 0 ? "" : ` and ${more.length} more`}`,
          repairs: [
            offered("revert", "take them away, or move them into the folder of a partition"),
            ignoring([filesAttribute]),
          ],
        },
      ];

const unread = (subject: Subject, { unread: why }: FileDrift): readonly Drift[] =>
  why === undefined
    ? []
    : [
        {
          ...subject,
          code: "catalog_and_files",
          text: `its files can't be compared with the catalogue: ${why}`,
          repairs: [offered("revert", "make the files readable"), ignoring([filesAttribute])],
        },
      ];
