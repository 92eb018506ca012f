/** The items that `mason get` lists and shows, with their names, rows and JSON. */
import { compareNames } from "../../address.ts";
import type { ListedProject } from "../../command/get.ts";
import type { ChosenConfig } from "../../command/project/chosen-config.ts";
import type { Json, JsonObject } from "../../json.ts";
import { findOperator, operatorNames, resourcesOf } from "../../project/project.ts";
import type { Registry } from "../../provider/registry.ts";
import { configJson } from "../../view/project/config-json.ts";
import {
  databaseJson,
  deploymentJson,
  operatorJson,
  providerJson,
  tableJson,
  workflowJson,
} from "../../view/project/resource-json.ts";
import {
  callableRow,
  configRow,
  databaseRow,
  deploymentRow,
  providerRow,
  tableRow,
} from "../../view/project/resource-rows.ts";

/** The kinds, in the order of the messages. */
export const kinds = ["operator", "workflow", "config", "deployment", "table", "database", "provider"] as const;
export type Kind = (typeof kinds)[number];

/** One item: the one or two words that name it, its row and its JSON. */
export interface Item {
  readonly name: readonly string[];
  readonly row: JsonObject;
  readonly json: () => Json;
}

/** The word for the first of two names, for the kinds whose items have two. */
export const namespaces: Readonly<Partial<Record<Kind, string>>> = {
  operator: "namespace",
  workflow: "namespace",
  table: "database",
};

/** The items of a kind, sorted by name; numbers sort as numbers. */
export function itemsOf(kind: Kind, listed: ListedProject, current: ChosenConfig, registry: Registry): readonly Item[] {
  return [...makers[kind](listed, current, registry)].sort(
    (a, b) => compareNames(a.name[0] ?? "", b.name[0] ?? "") || compareNames(a.name[1] ?? "", b.name[1] ?? ""),
  );
}

type Maker = (listed: ListedProject, current: ChosenConfig, registry: Registry) => readonly Item[];

const makers: Readonly<Record<Kind, Maker>> = {
  operator: ({ loaded: { project }, appliedStatus }) =>
    operatorNames(project).flatMap((name) => {
      const words = name.split(":");
      const resource = findOperator(project, words[0] ?? "", words[1] ?? "");
      if (resource === null) return [];
      const applied = appliedStatus(resource);
      return [
        { name: words, row: callableRow(resource, applied), json: () => operatorJson(resource.definition, applied) },
      ];
    }),
  workflow: ({ loaded, appliedStatus }) =>
    resourcesOf(loaded.project, "workflow").map((workflow) => {
      const applied = appliedStatus(workflow);
      const name = [workflow.namespace, workflow.command];
      return { name, row: callableRow(workflow, applied), json: () => workflowJson(workflow, applied) };
    }),
  config: ({ loaded, appliedStatus }, current, registry) =>
    resourcesOf(loaded.project, "config").map((config) => {
      const view = { config, current: config.id === current?.id, applied: appliedStatus(config) };
      const manifestOf = (provider: string) => registry.get(provider)?.manifest ?? null;
      return { name: [config.id], row: configRow(view), json: () => configJson(view, manifestOf) };
    }),
  deployment: ({ loaded, appliedStatus }) =>
    resourcesOf(loaded.project, "deployment").map((deployment) => {
      const applied = appliedStatus(deployment);
      const json = () => deploymentJson(deployment, applied);
      return { name: [deployment.name], row: deploymentRow(deployment, applied), json };
    }),
  table: ({ loaded, appliedStatus }) =>
    resourcesOf(loaded.project, "table").map((table) => {
      const applied = appliedStatus(table);
      return {
        name: [table.database, table.name],
        row: tableRow(table, applied),
        json: () => tableJson(table, applied),
      };
    }),
  database: ({ loaded, appliedStatus }) =>
    resourcesOf(loaded.project, "database").map((database) => {
      const applied = appliedStatus(database);
      const json = () => databaseJson(database, applied);
      return { name: [database.name], row: databaseRow(database, applied), json };
    }),
  provider: (_listed, _current, registry) =>
    registry.names.flatMap((name) => {
      const manifest = registry.get(name)?.manifest;
      return manifest === undefined
        ? []
        : [{ name: [name], row: providerRow(manifest), json: () => providerJson(manifest) }];
    }),
};
