/**
 * The project: everything loaded from the user's directory, as one value. This folder turns the text of files into resources with exact
 * places. It reads no disk (src/io does) and judges no resource against another (src/validate does).
 */
import { type Address, operatorAddress, resourceKinds, workflowAddress } from "../address.ts";
import { type Checked, type Diagnostic, error, hasErrors } from "../diagnostic/diagnostic.ts";
import { didYouMean } from "../diagnostic/did-you-mean.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import { decode } from "./decode.ts";
import type { Surroundings } from "./decode-operator.ts";
import { type LostType, lostTypes } from "./lost-type.ts";
import { type Definitions, resourceAsWritten, settingsAsWritten } from "./parameters-as-written.ts";
import type { ConfigResource, OperatorResource, Origin, Resource, WorkflowResource } from "./resource.ts";
import { schemaDiagnostics } from "./schema-errors.ts";
import * as validators from "./schemas/generated/validators.js";
import { schemas } from "./schemas/index.ts";
import { decodeSettings, type GivenVariables, type ProjectSettings } from "./settings.ts";
import { sqlPaths } from "./sql-paths.ts";
import { addressesIn, oncePerVariable, otherEncoding, unreadable, unreadSettings } from "./unread.ts";
import { fillVariables, type IsSql, mayHoldVariables } from "./variables.ts";
import { mayHoldResources, type ParsedFile } from "./yaml/parse.ts";
import type { WrittenScalar } from "./yaml/scalars-as-written.ts";

/** A YAML file of the project; `file` is relative to the root with `/`. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

export interface Project {
  /** Absolute. */
  readonly root: string;
  readonly settings: ProjectSettings;
  /** Declared resources in file order; of duplicates, only the first. */
  readonly resources: ReadonlyMap<Address, Resource>;
  /** All declarations, duplicates included. */
  readonly declared: readonly Resource[];
  /** Addresses in files with errors; some of them may be declared all the same. */
  readonly unread: ReadonlySet<Address>;
  /** Documents that look like resources without a `type`. */
  readonly lostTypes: readonly LostType[];
  /** Operators that ship with Mason, by address. */
  readonly builtins: ReadonlyMap<Address, BuiltinOperator>;
  readonly textOf: (file: string) => string | null;
}

export interface ProjectInput {
  readonly root: string;
  readonly files: readonly SourceFile[];
  readonly environment: string | null;
  readonly variables: GivenVariables;
  readonly builtins: readonly BuiltinOperator[];
  readonly around: Surroundings;
  /** Parses a file, or returns the result of an earlier parse. */
  readonly parse: (file: SourceFile) => ParsedFile;
}

/** Names of the settings file of a project. */
export const settingsFiles: readonly string[] = ["mason.yaml", "mason.yml"];

/** True for the path (from the root) of the project's settings file. */
export const isSettingsFile = (file: string): boolean => settingsFiles.includes(file);

/** Builds the project from its files. There is a value even with errors; it lacks the resources that could not be read. */
export function buildProject(input: ProjectInput): Checked<Project> & { readonly value: Project } {
  const diagnostics: Diagnostic[] = [];
  const settings = readSettings(input, diagnostics);
  const declared: Resource[] = [];
  const lostOnes: LostType[] = [];
  const written = new Map<Resource, readonly WrittenScalar[]>();
  const unread = new Set(hasErrors(diagnostics) ? [unreadSettings] : []);
  const isSql = sqlPaths(input);
  for (const source of input.files) {
    const encoding = otherEncoding(source, isSettingsFile(source.file));
    if (encoding !== null) diagnostics.push(encoding);
    if (isSettingsFile(source.file)) continue;
    const parsed = mayHoldResources(source.text) ? input.parse(source) : null;
    const { lost, said } = lostTypes(source, () => parsed ?? input.parse(source));
    lostOnes.push(...lost);
    diagnostics.push(...said);
    if (parsed === null) continue;
    const before = diagnostics.length;
    diagnostics.push(...unreadable(source, parsed.diagnostics));
    const variables = mayHoldVariables(source.text);
    parsed.documents.forEach((document, index) => {
      const resource = readDocument(
        document,
        { file: source.file, document: index },
        settings,
        { isSql: variables ? isSql() : null, around: input.around },
        diagnostics,
      );
      if (resource === null) return;
      declared.push(resource);
      const own = parsed.written?.filter((scalar) => scalar.document === index) ?? [];
      if (own.length > 0) written.set(resource, own);
    });
    if (diagnostics.length > before) for (const address of addressesIn(source.text)) unread.add(address);
  }
  const texts = new Map(input.files.map((source) => [source.file, source.text]));
  const value: Project = {
    root: input.root,
    settings,
    resources: firstOfEach(declared),
    declared,
    unread,
    lostTypes: lostOnes,
    builtins: new Map(
      input.builtins.map((operator) => [
        operatorAddress(operator.definition.namespace, operator.definition.command),
        operator,
      ]),
    ),
    textOf: (file) => texts.get(file) ?? null,
  };
  return { value: asWritten(value, written), diagnostics: oncePerVariable(diagnostics) };
}

function asWritten(project: Project, written: ReadonlyMap<Resource, readonly WrittenScalar[]>): Project {
  if (written.size === 0) return project;
  const definitions = definitionsOf(project);
  const declared = project.declared.map((resource) =>
    resourceAsWritten(definitions, resource, written.get(resource) ?? []),
  );
  return { ...project, declared, resources: firstOfEach(declared) };
}

function readSettings(input: ProjectInput, diagnostics: Diagnostic[]): ProjectSettings {
  const source = input.files.find((candidate) => isSettingsFile(candidate.file));
  const file = source?.file ?? "mason.yaml";
  const parsed = source === undefined ? null : input.parse(source);
  diagnostics.push(...(parsed?.diagnostics ?? []));
  const document = parsed?.documents[0] ?? {};
  let accepted: JsonObject = {};
  if (validators.project(document)) accepted = isObject(document) ? document : {};
  else
    diagnostics.push(
      ...schemaDiagnostics("project", document, schemas.project, validators.project.errors ?? [], {
        file,
        document: 0,
      }),
    );
  accepted = settingsAsWritten(accepted, parsed?.written ?? []);
  const decoded = decodeSettings(accepted, input.environment, input.variables, file);
  // When mason.yaml is broken, errors that follow from its absence are noise.
  if (!hasErrors(diagnostics)) diagnostics.push(...decoded.diagnostics);
  return decoded.value;
}

function readDocument(
  document: Json,
  origin: Origin,
  settings: ProjectSettings,
  { isSql, around }: { readonly isSql: IsSql | null; readonly around: Surroundings },
  diagnostics: Diagnostic[],
): Resource | null {
  if (Array.isArray(document)) diagnostics.push(...listedResource(document, origin));
  if (!isObject(document) || document.type === undefined) return null;
  const kind = resourceKinds.find((known) => known === document.type);
  if (kind === undefined) {
    diagnostics.push(
      error({
        code: "document/unknown-type",
        summary: "Unknown type of document",
        detail: `"${String(document.type)}" is not a type of document. Use one of ${resourceKinds.join(", ")}, or list the file in .masonignore.${didYouMean(String(document.type), resourceKinds)}`,
        place: { ...origin, path: ["type"], at: "value" },
      }),
    );
    return null;
  }
  let filled = document;
  if (isSql !== null) {
    const result = fillVariables(document, origin, settings.variables, isSql);
    diagnostics.push(...result.diagnostics);
    if (hasErrors(result.diagnostics)) return null;
    filled = result.value;
  }
  const validate = validators[kind];
  if (!validate(filled)) {
    diagnostics.push(...schemaDiagnostics(kind, filled, schemas[kind], validate.errors ?? [], origin));
    return null;
  }
  return decode(kind, filled, origin, around);
}

/** The error for a document that is a list of resources; any other list is not the project's. */
function listedResource(items: readonly Json[], origin: Origin): readonly Diagnostic[] {
  const isResource = (item: Json) => isObject(item) && resourceKinds.some((kind) => kind === item.type);
  const at = items.findIndex(isResource);
  if (at < 0) return [];
  const detail = `"${origin.file}" holds a list in which ${items.filter(isResource).length === 1 ? "an item is a resource" : "items are resources"}, and Mason reads no lists. Write each resource as a document of its own, without the dash before it and with "---" between them, or list the file in .masonignore.`;
  return [
    error({
      code: "document/list",
      summary: "Resources in a list",
      detail,
      place: { ...origin, path: [at, "type"], at: "key" },
    }),
  ];
}

function firstOfEach(declared: readonly Resource[]): ReadonlyMap<Address, Resource> {
  const resources = new Map<Address, Resource>();
  for (const resource of declared) if (!resources.has(resource.address)) resources.set(resource.address, resource);
  return resources;
}

/** The definitions that calls in a project name. */
export const definitionsOf = (project: Project): Definitions => ({
  operator: (namespace, command) => findOperator(project, namespace, command)?.definition,
  workflow: (namespace, command) => findWorkflow(project, namespace, command),
});

/** The operator that a call names: the project's own, else the built-in one, else `null`. */
export function findOperator(project: Project, namespace: string, command: string): OperatorResource | null {
  const address = operatorAddress(namespace, command);
  const own = project.resources.get(address);
  if (own?.kind === "operator") return own;
  const builtin = project.builtins.get(address);
  return builtin === undefined
    ? null
    : {
        kind: "operator",
        address,
        description: builtin.definition.description,
        definition: builtin.definition,
        override: false,
      };
}

/** The workflow that a call names, or `null`. */
export function findWorkflow(project: Project, namespace: string, command: string): WorkflowResource | null {
  const found = project.resources.get(workflowAddress(namespace, command));
  return found?.kind === "workflow" ? found : null;
}

/** The config with this id, or `null`. */
export function findConfig(project: Project, id: string): ConfigResource | null {
  const found = project.resources.get(`config.${id}`);
  return found?.kind === "config" ? found : null;
}

/** All resources of a kind, in order of declaration. */
export function resourcesOf<K extends Resource["kind"]>(
  project: Project,
  kind: K,
): readonly Extract<Resource, { kind: K }>[] {
  return (indexOf(project).get(kind) ?? []) as readonly Extract<Resource, { kind: K }>[];
}

const indexes = new WeakMap<Project["resources"], ReadonlyMap<Resource["kind"], readonly Resource[]>>();

/** Resources by kind, indexed once per project because rules ask for them often. */
function indexOf({ resources }: Project): ReadonlyMap<Resource["kind"], readonly Resource[]> {
  const known = indexes.get(resources);
  if (known !== undefined) return known;
  const index = new Map<Resource["kind"], Resource[]>();
  for (const resource of resources.values()) {
    const list = index.get(resource.kind);
    if (list === undefined) index.set(resource.kind, [resource]);
    else list.push(resource);
  }
  indexes.set(resources, index);
  return index;
}

/** Names of all callable operators, `namespace:command`. */
export function operatorNames(project: Project): readonly string[] {
  const own = resourcesOf(project, "operator").map((operator) => operator.address);
  return [...new Set([...own, ...project.builtins.keys()])].map((address) => address.slice("operator.".length));
}
