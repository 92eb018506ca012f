/** Objects that can be imported: how they are read from their system, and what the state keeps of them. */
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

/** The kinds that have an object of their own, and the engine role that holds it. */
export const importableKinds = {
  database: "metastore",
  table: "metastore",
  deployment: "scheduler",
} as const satisfies Readonly<Record<string, EngineRole>>;
export type ImportableKind = keyof typeof importableKinds;

/** An object as it was found in its system. */
export interface Importable {
  readonly kind: ImportableKind;
  /** What the state keeps as last seen. */
  readonly content: JsonObject;
  /** What the state keeps as declared when it knows nothing else. */
  readonly declared: JsonObject;
  readonly digest: Json;
  readonly owner: Owner | undefined;
  /** The attributes that declare it. */
  readonly attributes: Attributes;
  /** Marks it as this project's object; absent where the next apply does that. */
  readonly mark?: (owner: Owner) => Promise<void>;
}

/** The kind of an address; refuses a kind that can't be imported. */
export function importableKind(address: Address): ImportableKind {
  const kind = kindOf(address);
  if (kind === "database" || kind === "table" || kind === "deployment") return kind;
  return fail({
    code: "import/kind",
    summary: "Kind can't be imported",
    detail: `"${address}" is not a database, table or deployment. Give an address like "table.sales.orders", "database.sales" or "deployment.nightly".`,
  });
}

/** Reads a table. `id` is `database.table`; by default it follows from the address. */
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

/** Reads a database. `id` is its name; by default it follows from the address. */
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

/** Reads a registration by the scheduler's name for it. */
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
