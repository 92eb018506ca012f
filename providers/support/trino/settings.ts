/** The settings of a client as the protocol takes them. Manifests import this file, so it loads nothing. */
import type { ClientSettings } from "../../../src/provider/contract.ts";

/** A setting as text; empty when it is not set. */
export const textOf = (settings: ClientSettings, name: string): string => {
  const value = settings[name];
  return typeof value === "string" ? value : "";
};

/** The URL without a user, a password, a query, and a `/` at its end. */
export function plainUrl(text: string): string {
  if (!URL.canParse(text)) return "";
  const { origin, pathname } = new URL(text);
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

/** Session properties by name, from a text like `a=1, hive.b=2`; `null` for a text of another form. */
export function parseSession(text: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  for (const part of text.split(",")) {
    if (part.trim() === "") continue;
    const [, name, value] = /^\s*([A-Za-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined) return null;
    found.set(name, value);
  }
  return found;
}

/** The value of the header X-Trino-Session. */
export const sessionHeader = (properties: ReadonlyMap<string, string>): string =>
  [...properties].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(",");

/** The properties, with those that a catalog of the hive connector needs so that it keeps microseconds, as Mason's timestamps have them. */
export function sessionFor(
  properties: ReadonlyMap<string, string>,
  catalog: string,
  connector: string,
): ReadonlyMap<string, string> {
  return connector === "hive"
    ? new Map([[`${catalog}.timestamp_precision`, "MICROSECONDS"], ...properties])
    : properties;
}
