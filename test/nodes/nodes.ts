/** The other versions of Node that the command is tested with, from the npm registry, in the cache of the engine suites. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { MissingArtefact, provision, runCommand } from "../engines/support/provision.ts";

/** The oldest version that package.json allows, and the later lines. */
export const nodeVersions = ["20.12.0", "22.23.5", "24.22.3"] as const;

const platform = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const executable = (directory: string) => join(directory, "node_modules", platform, "bin", "node");

/** The path of this version's executable. Throws MissingArtefact. */
export const nodeOf = async (version: string): Promise<string> =>
  executable(
    await provision({
      name: "node",
      version,
      make: async (directory) => {
        const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"];
        await runCommand("npm", ["install", ...flags, "--prefix", directory, `${platform}@${version}`], {
          cwd: directory,
          minutes: 5,
        });
      },
      check: (directory) => access(executable(directory)),
    }),
  );

/** The executables of all versions. A missing one is named and left out on a developer's machine, and an error in CI. */
export async function availableNodes(): Promise<readonly { readonly version: string; readonly path: string }[]> {
  const isCi = !["", "0", "false"].includes(process.env.CI ?? "");
  const found: { readonly version: string; readonly path: string }[] = [];
  for (const version of nodeVersions) {
    try {
      found.push({ version, path: await nodeOf(version) });
    } catch (error) {
      if (!(error instanceof MissingArtefact) || isCi) throw error;
      process.stderr.write(`Skipped: ${error.message}\n`);
    }
  }
  return found;
}
