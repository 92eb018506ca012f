/**
 * An address is the unique name of a resource or a step: a plain string with one form for each kind. It serves as a lockfile key,
 * a command argument and a word in messages.
 *
 *   config.5   operator.sales:top_customers   workflow.table:export   deployment.nightly   database.sales
 *   table.sales.orders   deployment.nightly/step_1   deployment.nightly/step_2/step_1
 */

/** The kinds of resource, in the order in which Mason lists them. */
export const resourceKinds = ["config", "operator", "workflow", "database", "table", "deployment"] as const;

/** A kind of resource: the `type:` of its document. */
export type ResourceKind = (typeof resourceKinds)[number];

/** The unique name of a resource or step; compare with `===`. */
export type Address = string;

/** The kind of resource that an address names, or `null` when the text does not start with a kind. */
export function kindOf(address: Address): ResourceKind | null {
  const kind = address.slice(0, address.indexOf("."));
  return (resourceKinds as readonly string[]).includes(kind) ? (kind as ResourceKind) : null;
}

const part = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const call = /^[A-Za-z0-9_][A-Za-z0-9_.-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*$/;

/** The kind of the resource that a text is a whole address of, or `null`: `table.orders` is none, since it lacks the database. */
export function addressKind(text: string): ResourceKind | null {
  const kind = kindOf(text);
  const name = nameOf(text);
  switch (kind) {
    case null:
      return null;
    case "config":
      return name !== "" && name.trim() === name ? kind : null;
    case "operator":
    case "workflow":
      return call.test(name) ? kind : null;
    case "table":
      return name.split(".").length > 1 && name.split(".").every((piece) => part.test(piece)) ? kind : null;
    case "database":
    case "deployment":
      return part.test(name) ? kind : null;
  }
}

/** How an address of each kind is written, for messages. */
export const addressForms: Readonly<Record<ResourceKind, string>> = {
  config: "config.ID",
  operator: "operator.NAMESPACE:COMMAND",
  workflow: "workflow.NAMESPACE:COMMAND",
  database: "database.NAME",
  table: "table.DATABASE.NAME",
  deployment: "deployment.NAME",
};

/** The part after the kind: `sales.orders` in `table.sales.orders`. */
export function nameOf(address: Address): string {
  return address.slice(address.indexOf(".") + 1);
}

/** The address of a config; ids may be numbers or strings, and `5` and `"5"` are the same config. */
export const configAddress = (id: string | number): Address => `config.${id}`;
/** The address of an operator. */
export const operatorAddress = (namespace: string, command: string): Address => `operator.${namespace}:${command}`;
/** The address of a workflow. */
export const workflowAddress = (namespace: string, command: string): Address => `workflow.${namespace}:${command}`;
/** The address of a deployment. */
export const deploymentAddress = (name: string): Address => `deployment.${name}`;
/** The address of a database. */
export const databaseAddress = (name: string): Address => `database.${name}`;
/** The address of a table. */
export const tableAddress = (database: string, name: string): Address => `table.${database}.${name}`;
/** The address of a step of a deployment, or of a step nested in another: the parent's address, a slash, the id. */
export const stepAddress = (parent: Address, id: string): Address => `${parent}/${id}`;

/** Orders addresses for people: by kind, then by name with runs of digits compared as numbers. */
export function compareAddresses(a: Address, b: Address): number {
  const kinds = resourceKinds as readonly string[];
  const byKind = kinds.indexOf(kindOf(a) ?? "") - kinds.indexOf(kindOf(b) ?? "");
  return byKind !== 0 ? byKind : compareNames(nameOf(a), nameOf(b));
}

const collator = new Intl.Collator("en", { numeric: true });

/** Orders names for people: compares runs of digits as numbers (2 before 10) and breaks ties by code unit. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
