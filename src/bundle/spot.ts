/**
 * Where paths lie in the system that holds them. Clients of one system may have nested roots: `raw/a` of a client with the root `data` is `a`
 * of one with the root `data/raw`.
 */
import { canonical } from "../json.ts";
import type { ClientRecord } from "../model/client-record.ts";
import { globRoot, joinPath } from "../model/path.ts";

/** The root of a client in its system. Its directory is only compared: it has the form of a path of a storage, and no wildcards. */
export interface Root {
  readonly system: string;
  readonly directory: string;
}

/** The root of a client; `root` of its identity is the directory that its paths start from. */
export function rootOf(record: ClientRecord): Root {
  const known = roots.get(record);
  if (known !== undefined) return known;
  const { root, ...identity } = record.identity;
  const path = typeof root === "string" ? normalRoot(root) : "";
  // Relative roots start from the project, so they can't be compared with others.
  const kind = /^\.\.(\/|$)/.test(path) ? "above" : path.startsWith("/") ? "absolute" : "project";
  const directory = path
    .replace(/^\//, "")
    .replaceAll("..", "^")
    .replace(/[*?[\]{}]/g, (letter) => `%${letter.charCodeAt(0)}`);
  const found = { system: `${record.provider} ${canonical(identity)} ${kind}`, directory };
  roots.set(record, found);
  return found;
}

const roots = new WeakMap<ClientRecord, Root>();

/** One spelling of a root: `./data/` is `data`. */
export function normalRoot(root: string): string {
  const parts: string[] = [];
  for (const part of root.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return `${root.startsWith("/") ? "/" : ""}${parts.join("/")}`;
}

/** A path of a client. */
export interface InClient {
  readonly client: string;
  readonly path: string;
  /** The path above its first wildcard, with links resolved, where it differs. */
  readonly real?: string;
  /** Where links among its files lead. */
  readonly links?: readonly string[];
  /** Absent: the client shares no files with others. */
  readonly root?: Root;
}

/** A place in a system. */
export interface Spot {
  readonly system: string;
  /** Without a glob or holes. */
  readonly directory: string;
  /** The whole path, with its glob or holes. */
  readonly pattern: string;
}

/** The place of a path, with links resolved. */
export function spotOf({ client, path, real, root }: InClient): Spot {
  const [above, below] = [globRoot(path), path.slice(globRoot(path).length)];
  const directory = inRoot(root, real ?? above);
  // Below the root of a client, the rest of a glob begins without a slash.
  const rest = directory !== "" && below !== "" && !below.startsWith("/") ? `/${below}` : below;
  return { system: root?.system ?? client, directory, pattern: `${directory}${rest}` };
}

/** The places where files of a path lie: its own, and those that links among its files lead to. */
export const spotsOf = (place: InClient): readonly Spot[] => [
  spotOf(place),
  ...(place.links ?? []).map((real) => {
    const directory = inRoot(place.root, real);
    return { system: place.root?.system ?? place.client, directory, pattern: directory };
  }),
];

/** A path of a client as a path of its system. */
export const inRoot = (root: Root | undefined, path: string): string => joinPath(root?.directory ?? "", path);
