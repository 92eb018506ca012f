/**
 * Paths of a storage client: relative to the client's root, with parts joined by `/`, without `..`, and without a `/` at either
 * end. The empty path is the root itself.
 */

/** The canonical form of a path, or `null` when it is absolute, a URL, or would leave the root. */
export function normalPath(path: string): string | null {
  if (path.startsWith("/") || path.includes("\0") || otherSystem.test(path)) return null;
  // Most paths are in this form already.
  if (!oddPart.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") return null;
    parts.push(part);
  }
  return parts.join("/");
}

/** A part that is empty or consists of dots. */
const oddPart = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** A URL, or a path of Windows. */
const otherSystem = /^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/|[A-Za-z]:[\\/]|\\\\)/;

/** What a text is that looks like a path and means a place of another system, for a message; `null` for a path of a storage. */
export function foreignPath(text: string): string | null {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text)) return "a URL";
  if (otherSystem.test(text)) return "a Windows path";
  return /^~(?:\/|$)/.test(text) ? "a home directory path" : null;
}

/** True for two texts of one path, also of one absolute path. */
export function samePath(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.startsWith("/") !== b.startsWith("/")) return false;
  const normal = normalPath(a.replace(/^\/+/, ""));
  return normal !== null && normal === normalPath(b.replace(/^\/+/, ""));
}

/** Joins parts with `/`, leaving empty ones out. */
export const joinPath = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join("/");

/** The last part. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** All but the last part; empty for a path of one part. */
export const parentPath = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

/** Every directory above a path, nearest first; the last one is the root, `""`. */
export function directoriesAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let at = path; at !== ""; ) {
    at = parentPath(at);
    above.push(at);
  }
  return above;
}

/** True when `path` is `parent` or lies below it. */
export const isWithin = (path: string, parent: string): boolean =>
  parent === "" || path === parent || path.startsWith(`${parent}/`);

/** True when a part of a path starts with `.` or `_`, so that readers skip it. */
export const isHidden = (path: string): boolean => /(^|\/)[._]/.test(path);

/** True when a path contains a glob wildcard. */
export const isGlob = (path: string): boolean => /[*?[\]{}]/.test(path);

/** The part of a path above its first wildcard, or the whole path when it has none. */
export function globRoot(path: string): string {
  const parts = path.split("/");
  const wild = parts.findIndex(isGlob);
  return wild < 0 ? path : parts.slice(0, wild).join("/");
}

/** The table that a path of two parts names, where tables are written in place of files: `sales/orders`. */
export function namedByPath(path: string): { readonly database: string; readonly table: string } | null {
  const [database, table, ...rest] = normalPath(path)?.split("/") ?? [];
  return database === undefined || table === undefined || rest.length > 0 ? null : { database, table };
}
