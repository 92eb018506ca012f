/** Which values of a project's documents are SQL, as far as that can be told before anything is decoded. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import { allParameters } from "../operator/definition.ts";
import type { BuiltinOperator } from "../operator/operator.ts";
import type { IsSql } from "./variables.ts";
import { mayHoldResources, type ParsedFile } from "./yaml/parse.ts";

/** Tells the paths of SQL. The operators are looked through when the first document with variables is read. */
export function sqlPaths<File extends { readonly text: string }>({
  builtins,
  files,
  parse,
}: {
  readonly builtins: readonly BuiltinOperator[];
  readonly files: readonly File[];
  readonly parse: (file: File) => ParsedFile;
}): () => IsSql {
  let names: ReadonlySet<string> | undefined;
  const find = () =>
    new Set([
      ...builtins.flatMap(({ definition }) =>
        allParameters(definition).flatMap(({ name, type }) => (type === "sql" ? [name] : [])),
      ),
      ...files.flatMap((file) =>
        mayHoldResources(file.text) && /\bsql\b/.test(file.text) ? parse(file).documents.flatMap(namesIn) : [],
      ),
    ]);
  return () => {
    names ??= find();
    return isSqlOf(names);
  };
}

/** A parameter is known by its name: which operator a step calls may be written in another file. */
const isSqlOf =
  (names: ReadonlySet<string>): IsSql =>
  (document, path) => {
    const [last, above] = [path.at(-1), path.at(-2)];
    if (document.type === "operator")
      return (
        (path.length === 1 && last === "sql") || (last === "default" && isSqlSpec(at(document, path.slice(0, -1))))
      );
    return above === "parameters" && typeof last === "string" && names.has(last);
  };

const isSqlSpec = (value: Json | undefined): boolean => isObject(value) && value.type === "sql";

function namesIn(document: Json): readonly string[] {
  if (!isObject(document) || document.type !== "operator" || !isObject(document.parameters)) return [];
  const { required, optional } = document.parameters;
  return [required, optional]
    .flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []))
    .flatMap((spec) => (isObject(spec) && isSqlSpec(spec) ? [String(spec.name)] : []));
}

const at = (document: JsonObject, path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (value, key) =>
      Array.isArray(value) ? (value[Number(key)] as Json) : isObject(value) ? value[String(key)] : undefined,
    document,
  );
