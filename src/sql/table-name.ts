/** Names of tables as SQL writes them, against the catalog of the client that runs it. */

/** A name without the client's catalog; `null` for a table of another catalog. `catalog`: absent where an engine has none. */
export function nameInCatalog(parts: readonly string[], catalog: string | undefined): readonly string[] | null {
  if (catalog === undefined || parts.length < 3) return parts;
  return parts[0]?.toLowerCase() === catalog.toLowerCase() ? parts.slice(1) : null;
}
