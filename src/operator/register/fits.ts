/** Whether values of a type found in files can be read as the declared type. */
import { fromParquet } from "../../job/read-back.ts";
import { type DataType, sameType } from "../../model/data-type.ts";

/** `isExact`: the files carry their own types (parquet), so only the same type fits. All text types fit each other. */
export function fitsDeclared(found: DataType, declared: DataType, isExact: boolean): boolean {
  if (sameType(found, declared)) return true;
  if (isText(found) && isText(declared)) return true;
  // Parquet is read with microseconds; the job holds each value to the declared precision.
  if (isExact && found.kind === "timestamp" && declared.kind === "timestamp")
    return sameType(found, fromParquet(declared));
  return !isExact && fitsText(found, declared);
}

const isText = (type: DataType) => type.kind === "string" || type.kind === "varchar" || type.kind === "json";

/** Delimited and JSON files hold text and plain numbers; the declaration says what they mean. */
function fitsText(found: DataType, declared: DataType): boolean {
  switch (declared.kind) {
    case "string":
    case "varchar":
    case "json":
    case "unknown":
      return true;
    case "int":
      return found.kind === "int" || (found.kind === "decimal" && found.scale === 0);
    case "float":
    case "decimal":
      return found.kind === "int" || found.kind === "float" || found.kind === "decimal";
    case "timestamp":
      return found.kind === "timestamp" || found.kind === "date";
    // The schema reader finds none of these in text.
    case "time":
    case "interval":
    case "binary":
      return found.kind === "string";
    case "array":
      return found.kind === "array" && fitsText(found.element, declared.element);
    case "map":
      return found.kind === "struct" || (found.kind === "map" && fitsText(found.value, declared.value));
    case "struct":
      return found.kind === "struct" && fitsStruct(found, declared);
    case "boolean":
    case "date":
      return found.kind === declared.kind;
  }
}

type Struct = Extract<DataType, { kind: "struct" }>;

/** A declared field may be missing from the files; a field that is not declared is a misfit. */
function fitsStruct(found: Struct, declared: Struct): boolean {
  return found.fields.every((field) => {
    const wanted = declared.fields.find((candidate) => candidate.name === field.name);
    return wanted !== undefined && fitsText(field.type, wanted.type);
  });
}
