/** DuckDB's extensions with the data and the queries of TPC-H and TPC-DS, from PyPI. DuckDB of the same version loads them without a flag. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Artefact, provision, runCommand } from "../support/provision.ts";

/** Both benchmarks. */
export const benchmarks = ["tpch", "tpcds"] as const;
export type Benchmark = (typeof benchmarks)[number];

/** DuckDB's own version: an extension is loaded by that one alone. */
const version = "1.5.5";

const fileOf = (directory: string, name: Benchmark) =>
  join(directory, `duckdb_extension_${name}`, "extensions", `v${version}`, `${name}.duckdb_extension`);

const artefact = (name: Benchmark): Artefact => ({
  name: `duckdb-extension-${name}`,
  version,
  make: async (directory) => {
    // A wheel for another system holds no such file, which the check finds.
    const target = ["--no-deps", "--only-binary", ":all:", "--target", directory];
    await runCommand("python3", ["-m", "pip", "install", "--quiet", ...target, `duckdb-extension-${name}==${version}`]);
  },
  check: async (directory) => {
    const { size } = await stat(fileOf(directory, name));
    if (size < 1_000_000) throw new Error(`${fileOf(directory, name)} has ${size} bytes only`);
  },
});

/** The file of each extension. Throws MissingArtefact. */
export async function extensionFiles(): Promise<Readonly<Record<Benchmark, string>>> {
  const [tpch, tpcds] = [await provision(artefact("tpch")), await provision(artefact("tpcds"))];
  return { tpch: fileOf(tpch, "tpch"), tpcds: fileOf(tpcds, "tpcds") };
}
