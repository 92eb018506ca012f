/** Values of a document with the type that its schema promises. */
import { isObject, type Json, type JsonObject } from "../json.ts";

export const str = (value: Json | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value);

export const list = <T extends Json = Json>(value: Json | undefined): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [];

export const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

export const optional = <K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
