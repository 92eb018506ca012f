/** The session's config (`mason config ID -s`), by environment, in `.mason/session`. Plan and apply never read it. */
import { join } from "node:path";
import { isObject } from "../json.ts";
import { readTextIfThere, writeFileWhole } from "./disk.ts";

const fileOf = (masonDirectory: string) => join(masonDirectory, "session");
const keyOf = (environment: string | null) => environment ?? "";

/** The id of the session's config, or `null` if none is set. */
export function readSession(masonDirectory: string, environment: string | null): string | null {
  const id = readAll(masonDirectory)[keyOf(environment)];
  return typeof id === "string" ? id : null;
}

/** Sets the session's config; `null` removes it. */
export function writeSession(masonDirectory: string, environment: string | null, id: string | null): void {
  const { [keyOf(environment)]: _, ...rest } = readAll(masonDirectory);
  writeFileWhole(
    fileOf(masonDirectory),
    `${JSON.stringify(id === null ? rest : { ...rest, [keyOf(environment)]: id })}\n`,
  );
}

function readAll(masonDirectory: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readTextIfThere(fileOf(masonDirectory)) ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
