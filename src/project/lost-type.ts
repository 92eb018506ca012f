/**
 * Documents that lost their `type`: they look like a resource, but Mason leaves them out as parameter files or files of other tools. A
 * misspelt `type` is an error; the shape alone is a warning, until a plan would delete the resource.
 */
import {
  type Address,
  configAddress,
  databaseAddress,
  deploymentAddress,
  operatorAddress,
  type ResourceKind,
  resourceKinds,
  tableAddress,
  workflowAddress,
} from "../address.ts";
import { type Diagnostic, error, type Place, warning } from "../diagnostic/diagnostic.ts";
import { nearest } from "../diagnostic/did-you-mean.ts";
import { isObject, type JsonObject } from "../json.ts";
import { schemas } from "./schemas/index.ts";
import type { ParsedFile } from "./yaml/parse.ts";
import { mayHoldResources } from "./yaml/resource-text.ts";

/** A document without `type` that has the form of resources. */
export interface LostType {
  readonly file: string;
  /** What it would be, for each kind whose form it has. */
  readonly addresses: readonly Address[];
  readonly place: Place;
}

/** The top of a document: its keys with their texts; other values are empty texts. */
type Top = ReadonlyMap<string, string>;

/** A document's top with its place. `placeOf` gives the place of a key. */
interface Untyped {
  readonly file: string;
  readonly top: Top;
  readonly placeOf: (key: string) => Place;
}

/** Keys that no parameter file is likely to have, so that a document with one of them was meant as a resource. */
const telling: Readonly<Record<ResourceKind, readonly string[]>> = {
  config: ["clients", "metastore_engine", "storage_engine", "execution_engine", "scheduler_engine"],
  operator: ["sql", "module", "parameters"],
  workflow: ["dag"],
  deployment: ["operator", "workflow"],
  database: ["config_id", "on_existing", "lifecycle"],
  table: ["columns"],
};

const addressOf: Readonly<Record<ResourceKind, (of: (key: string) => string) => Address>> = {
  config: (of) => configAddress(of("id")),
  operator: (of) => operatorAddress(of("namespace"), of("command")),
  workflow: (of) => workflowAddress(of("namespace"), of("command")),
  deployment: (of) => deploymentAddress(of("name")),
  database: (of) => databaseAddress(of("name")),
  table: (of) => tableAddress(of("database"), of("name")),
};

/** The address that a top of this kind has. */
export const addressIn = (kind: ResourceKind, top: Top): Address => addressOf[kind]((key) => top.get(key) ?? "");

/** True when some document of a text has a `type` at its top, so that the file is the project's. */
export const hasTypeAtTop = (text: string): boolean =>
  /^(?:\uFEFF|---[ \t]+|\{[ \t]*|\? ?)?["']?type["']?[ \t]*:/m.test(text);

/** What a file holds that lost its type, and what to say about it. A text that names no `type` at all is parsed only if it may hold some. */
export function lostTypes(
  { file, text }: { readonly file: string; readonly text: string },
  parse: () => ParsedFile,
): { readonly lost: readonly LostType[]; readonly said: readonly Diagnostic[] } {
  const isParsed = mayHoldResources(text);
  const mayBeLost = () =>
    textTops(file, text).some(({ top }) => resourceKinds.some((kind) => hasForm(kind, top, true)));
  if (!isParsed && !mayBeLost()) return { lost: [], said: [] };
  const parsed = parse();
  const isBroken = parsed.diagnostics.length > 0;
  // Otherwise its problems are errors.
  if (isBroken && hasTypeAtTop(text)) return { lost: [], said: [] };
  const tops = isBroken ? textTops(file, text) : parsedTops(parsed);
  const found = tops.flatMap((untyped) => lostType(untyped, isBroken) ?? []);
  // The warning that a broken file is left out is enough.
  const said = found.flatMap(({ said: one }) =>
    one?.severity === "warning" && isBroken && isParsed ? [] : (one ?? []),
  );
  return { lost: found.map(({ lost }) => lost), said };
}

function parsedTops({ file, documents }: ParsedFile): readonly Untyped[] {
  return documents.flatMap((found, document): readonly Untyped[] => {
    if (!isObject(found) || found.type !== undefined) return [];
    const top = Object.entries(found).map(([key, value]): [string, string] => [
      key,
      isObject(value) ? "" : String(value),
    ]);
    return [{ file, top: new Map(top), placeOf: (key) => ({ file, document, path: [key], at: "key" }) }];
  });
}

const topLine = /^\uFEFF?(["']?)([\w-]+)\1[ \t]*:(?:[ \t]+(["']?)(.*?)\3)?[ \t]*(?:#.*)?\r?$/;

/** The tops of a text by its lines alone: the text may not be valid YAML. */
function textTops(file: string, text: string): readonly Untyped[] {
  const tops: { readonly top: Map<string, string>; readonly lines: Map<string, number> }[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (at === 0 || line.startsWith("---")) tops.push({ top: new Map(), lines: new Map() });
    const [key, value = ""] =
      topLine
        .exec(line)
        ?.slice(2)
        .filter((_, index) => index !== 1) ?? [];
    if (key === undefined) continue;
    tops.at(-1)?.top.set(key, value);
    tops.at(-1)?.lines.set(key, at + 1);
  }
  return tops
    .filter(({ top }) => top.size > 0 && !top.has("type"))
    .map(({ top, lines }) => ({
      file,
      top,
      placeOf: (key) => ({ file, line: lines.get(key) ?? 1, column: 1, length: key.length }),
    }));
}

/** What a document without `type` may have been; `null` if it resembles no resource. Of a broken one not all keys are known. */
function lostType(
  { file, top, placeOf }: Untyped,
  isBroken: boolean,
): { readonly lost: LostType; readonly said: Diagnostic | null } | null {
  const misspelt = [...top.keys()].find((key) => isMisspelt(key, top.get(key) ?? ""));
  const kinds = resourceKinds.filter((kind) => hasForm(kind, top, isBroken, misspelt));
  if (kinds.length === 0) return null;
  const place = misspelt === undefined ? { file } : placeOf(misspelt);
  const lost: LostType = { file, addresses: kinds.map((kind) => addressIn(kind, top)), place };
  if (misspelt !== undefined) return { lost, said: misspeltType(file, misspelt, top.get(misspelt) ?? "", place) };
  const sure = kinds.find((kind) => telling[kind].some((key) => top.has(key)));
  return { lost, said: sure === undefined ? null : noType(file, sure) };
}

const isMisspelt = (key: string, value: string): boolean =>
  key !== "type" && nearest(key, ["type"]) !== null && resourceKinds.some((kind) => kind === value);

/** True if the top has what names a resource of this kind, and nothing that its schema does not know. */
function hasForm(kind: ResourceKind, top: Top, isBroken: boolean, misspelt?: string): boolean {
  if (misspelt !== undefined && top.get(misspelt) !== kind) return false;
  const { properties } = schemas[kind] as { readonly properties: JsonObject };
  const isNamed = naming[kind].every((key) => (top.get(key) ?? "") !== "");
  return isNamed && (isBroken || [...top.keys()].every((key) => key === misspelt || key in properties));
}

/** The keys that make the address. */
const naming: Readonly<Record<ResourceKind, readonly string[]>> = {
  config: ["id"],
  operator: ["namespace", "command"],
  workflow: ["namespace", "command"],
  deployment: ["name"],
  database: ["name"],
  table: ["database", "name"],
};

const misspeltType = (file: string, key: string, value: string, place: Place): Diagnostic =>
  error({
    code: "document/no-type",
    summary: "Document without a type",
    detail: `"${file}" says "${key}: ${value}", which Mason does not read, so the document would be left out. Did you mean "type: ${value}"? If the file is not part of the project, list it in .masonignore.`,
    place,
  });

const noType = (file: string, kind: ResourceKind): Diagnostic =>
  warning({
    code: "document/no-type",
    summary: "Document without a type",
    detail: `"${file}" has the form of a ${kind} but no "type", so it is left out. Add "type: ${kind}", or list the file in .masonignore.`,
    place: { file },
  });
