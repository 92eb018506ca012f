/** Takes an object that is already there into the state: what it is now counts as applied, so the next plan shows how it differs from what is declared. */

import { join } from "node:path";
import { type Address, kindOf, nameOf } from "../address.ts";
import { fail } from "../diagnostic/diagnostic.ts";
import type { Metastore } from "../engine/metastore.ts";
import { declaredDependencies } from "../graph/build.ts";
import { fileExists, writeFileWhole } from "../io/disk.ts";
import { digest, type JsonObject } from "../json.ts";
import { formatDataType } from "../model/data-type.ts";
import type { Column } from "../model/schema.ts";
import type { Owner, Table } from "../model/table.ts";
import { tableContent } from "../plan/declared.ts";
import { findConfig, type Project } from "../project/project.ts";
import type { ConfigResource } from "../project/resource.ts";
import type { Entry, State } from "../state/state.ts";
import { chooseConfig } from "../validate/engines.ts";
import { changeState } from "./change-state.ts";
import type { CommandWorld } from "./command-world.ts";
import { enginesFor } from "./load-project.ts";
import { openBackend } from "./open-backend.ts";

/** What to import. */
export interface ImportRequest {
  readonly address: Address;
  /** The config whose metastore has it; default: that of the declaration, else the project's. */
  readonly configId?: string | undefined;
  /** Also write the YAML that declares it. */
  readonly write: boolean;
}

/** What was imported; `file` is the YAML that was written, `yaml` its text. */
export interface Imported {
  readonly address: Address;
  readonly yaml: string;
  readonly file?: string;
}

/** Imports a database or table. */
export async function importObject(world: CommandWorld, project: Project, request: ImportRequest): Promise<Imported> {
  const { address } = request;
  const kind = kindOf(address);
  if (kind !== "database" && kind !== "table")
    return fail({
      code: "import/kind",
      summary: "Can't be imported",
      detail: `"${address}" is no database or table. Give an address like "table.sales.orders" or "database.sales".`,
    });
  const declared = project.resources.get(address);
  const config = configFor(
    project,
    request,
    declared !== undefined && "configId" in declared ? declared.configId : undefined,
  );
  const engines = enginesFor(world, project, "run");
  try {
    const metastore = (await engines.ofConfig(config)).metastore;
    const record = engines.recordOf(config, "metastore")?.record;
    if (metastore === undefined || record === undefined)
      return fail({
        code: "config/no-engine",
        summary: "Config lacks an engine",
        detail: `Config "${config.id}" has no metastore. Choose another with --config.`,
      });
    const backend = await openBackend(world, project);
    const found = kind === "table" ? await readTable(metastore, address) : await readDatabase(metastore, address);
    const yaml =
      kind === "table"
        ? tableYaml(found.table, config.id)
        : `type: database\nname: ${JSON.stringify(nameOf(address))}\nconfig_id: ${JSON.stringify(config.id)}\n`;
    if (declared === undefined && !request.write) {
      return fail({
        code: "import/not-declared",
        summary: "Not declared",
        detail: `"${address}" is not declared in this project, so the next apply would delete it. Add --write to write its YAML, or declare it:\n\n${yaml}`,
      });
    }
    const file = request.write && declared === undefined ? writeYaml(project, address, yaml) : undefined;
    await changeState(world, backend, "state import", (state) => {
      if (state.resources.has(address))
        fail({
          code: "import/exists",
          summary: "Already in the state",
          detail: `"${address}" is in the state already. "mason plan" shows how it differs.`,
        });
      refuseForeign(address, found.owner, state);
      const entry: Entry = {
        status: "applied",
        client: record,
        digest: digest(found.content),
        declared: found.declared,
        object: found.content,
        depends_on: declared === undefined ? [] : declaredDependencies(project, declared),
      };
      return { ...state, resources: new Map([...state.resources, [address, entry]]) };
    }).then(async (state) => {
      if (found.table !== undefined) await markOwner(metastore, found.table, { lineage: state.lineage, address });
    });
    return { address, yaml, ...(file === undefined ? {} : { file }) };
  } finally {
    await engines.close();
  }
}

function configFor(project: Project, request: ImportRequest, declared: string | undefined): ConfigResource {
  const chosen = chooseConfig(project, request.configId ?? declared);
  if ("problem" in chosen) return fail(chosen.problem);
  return findConfig(project, chosen.config.id) ?? chosen.config;
}

interface Found {
  readonly content: JsonObject;
  readonly declared: JsonObject;
  readonly owner: Owner | undefined;
  readonly table?: Table;
}

async function readTable(metastore: Metastore, address: Address): Promise<Found> {
  const [database = "", ...rest] = nameOf(address).split(".");
  const name = rest.join(".");
  const table = await metastore.getTable(database, name);
  if (table === null || !table.catalogued) return absent(address);
  const content = tableContent(table);
  return { content, declared: { database, name, ...content }, owner: table.owner, table };
}

async function readDatabase(metastore: Metastore, address: Address): Promise<Found> {
  const database = await metastore.getDatabase(nameOf(address));
  if (database === null || database.catalogued === false) return absent(address);
  const content: JsonObject = {
    name: database.name,
    ...(database.location === undefined ? {} : { location: database.location }),
    ...(database.comment === undefined ? {} : { comment: database.comment }),
  };
  return { content, declared: content, owner: database.owner };
}

const absent = (address: Address): never =>
  fail({
    code: "import/absent",
    summary: "Object does not exist",
    detail: `"${address}" is not in the catalogue of the metastore. Check the name, or choose another config with --config.`,
  });

function refuseForeign(address: Address, owner: Owner | undefined, state: State): void {
  if (owner === undefined || owner.lineage === state.lineage) return;
  fail({
    code: "ownership/other-project",
    summary: "Object of another project",
    detail: `"${address}" belongs to another project (lineage ${owner.lineage}, "${owner.address}"), which Mason never changes. Remove it there first: mason state rm ${owner.address}`,
  });
}

async function markOwner(metastore: Metastore, table: Table, owner: Owner): Promise<void> {
  const { createdAt: _, catalogued: __, version, ...rest } = table;
  await metastore.updateTable({ ...rest, owner }, version === undefined ? {} : { ifVersion: version });
}

function tableYaml(table: Table | undefined, configId: string): string {
  if (table === undefined) return "";
  const column = (item: Column) =>
    `  - { name: ${JSON.stringify(item.name)}, type: ${JSON.stringify(formatDataType(item.type))}${item.nullable ? "" : ", nullable: false"} }`;
  return [
    "type: table",
    `database: ${JSON.stringify(table.database)}`,
    `name: ${JSON.stringify(table.name)}`,
    `config_id: ${JSON.stringify(configId)}`,
    `format: ${table.format}`,
    `location: ${JSON.stringify(table.location)}`,
    "columns:",
    ...table.columns.map(column),
    ...(table.partitions.length === 0 ? [] : ["partitions:", ...table.partitions.map(column)]),
    "",
  ].join("\n");
}

function writeYaml(project: Project, address: Address, yaml: string): string {
  const file = `${kindOf(address)}s/${nameOf(address).replaceAll("/", "_")}.yaml`;
  const path = join(project.root, file);
  if (fileExists(path))
    return fail({
      code: "import/file-exists",
      summary: "File exists",
      detail: `"${file}" is there already and would be overwritten. Move it, or declare the resource there by hand.`,
    });
  writeFileWhole(path, yaml);
  return file;
}
