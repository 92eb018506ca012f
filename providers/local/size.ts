/** Sizes as people write them in settings. */

const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** The bytes of a size like `2GB` or `1.5 GiB`; `null` for anything else. */
export function bytesOf(size: unknown): number | null {
  const found = typeof size === "string" ? /^\s*([\d.]+)\s*([kmgt]?i?b)\s*$/i.exec(size) : null;
  const unit = units[found?.[2]?.toLowerCase() ?? ""];
  return found === null || unit === undefined ? null : Number(found[1]) * unit;
}
