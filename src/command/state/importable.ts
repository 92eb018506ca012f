/** Objects that can be taken into the state, as they are in their system, and what the state keeps of them. */
import { type Address, kindOf, nameOf } from "../../address.ts";
import { fail } from "../../diagnostic/diagnostic.ts";
import type { Metastore } from "../../engine/metastore.ts";
import type { EngineRole } from "../../engine/roles.ts";
import type { Scheduler } from "../../engine/scheduler.ts";
import type { Json, JsonObject } from "../../json.ts";
import type { Registration } from "../../model/schedule.ts";
import type { Database, Owner } from "../../model/table.ts";
import { markOwner } from "../../operator/mark-owner.ts";
import { registrationContent } from "../../plan/kinds/registration.ts";
import { declaredDatabase, tableContent } from "../../state/declared.ts";
import { type Attributes, databaseAttributes, scheduleAttributes, tableAttributes } from "./import-yaml.ts";

/** Kinds that have an object of their own, with the role that holds it. */
export const importableKinds = {
  database: "metastore",
  table: "metastore",
  deployment: "scheduler",
} as const satisfies Readonly<Record<string, EngineRole>>;
export type ImportableKind = keyof typeof importableKinds;

/** An object as it was found. */
export interface Importable {
  readonly kind: ImportableKind;
  /** What the state keeps as last seen. */
  readonly content: JsonObject;
  /** What the state keeps as declared, when nothing else is known. */
  readonly declared: JsonObject;
  readonly digest: Json;
  readonly owner: Owner | undefined;
  /** What a declaration of it says. */
  readonly attributes: Attributes;
  /** Marks it as this project's; absent where that is done by the next apply. */
  readonly mark?: (owner: Owner) => Promise<void>;
}

/** The kind of an address that can be imported; else the refusal. */
export function importableKind(address: Address): ImportableKind {
  const kind = kindOf(address);
  if (kind === "database" || kind === "table" || kind === "deployment") return kind;
  return fail({
    code: "import/kind",
    summary: "Can't be imported",
    detail: `"${address}" is no database, table or deployment. Give an address like "table.sales.orders", "database.sales" or "deployment.nightly".`,
  });
}

/** A table; `id` is `database.table`, else the address says it. */
export async function readTable(metastore: Metastore, address: Address, id: string | undefined): Promise<Importable> {
  const text = id ?? nameOf(address);
  const at = text.indexOf(".");
  const [database, name] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  if (database !== nameOf(address).split(".")[0])
    return fail({
      code: "import/other-database",
      summary: "Table of another database",
      detail: `"${text}" is not in the database of "${address}". Write the ID as DATABASE.TABLE, with the same database.`,
    });
  const table = await metastore.getTable(database, name);
  if (table === null || !table.catalogued) return absent(address, text);
  const content = tableContent(table);
  return {
    kind: "table",
    content,
    declared: { database, name, ...content },
    digest: content,
    owner: table.owner,
    attributes: tableAttributes(table),
    mark: (owner) => markOwner(metastore, table, owner),
  };
}

/** A database; `id` is its name, else the address says it. */
export async function readDatabase(
  metastore: Metastore,
  address: Address,
  id: string | undefined,
): Promise<Importable> {
  const name = id ?? nameOf(address);
  const database: Database | null = await metastore.getDatabase(name);
  if (database === null || database.catalogued === false) return absent(address, name);
  const content = declaredDatabase(database);
  return {
    kind: "database",
    content,
    declared: content,
    digest: content,
    owner: database.owner,
    attributes: databaseAttributes(database),
  };
}

/** A registration; `id` is the scheduler's name for it, else the name that is declared or that of the address. */
export async function readRegistration(scheduler: Scheduler, address: Address, name: string): Promise<Importable> {
  const real: Registration | null = (await scheduler.getRegistration?.(name)) ?? null;
  if (real === null) return absent(address, name);
  const { cron, timezone } = real.schedule;
  return {
    kind: "deployment",
    content: registrationContent(real),
    declared: { schedule_name: name, ...(cron === undefined ? {} : { schedule: cron }), timezone },
    digest: real.bundle ?? null,
    owner: real.owner,
    attributes: scheduleAttributes(real.schedule),
  };
}

const absent = (address: Address, id: string): never =>
  fail({
    code: "import/absent",
    summary: "Object does not exist",
    detail: `There is no "${id}" for "${address}" in that system. Check the name, or choose another config with --config.`,
  });
