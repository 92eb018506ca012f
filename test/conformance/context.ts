/** A provider's context for tests, over a temporary directory that is deleted with the test. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClientSettings, ProviderContext } from "../../src/provider/contract.ts";

/** A context with its own directory. Ids are counted within a process, and no two processes give the same one. */
export async function temporaryContext(
  settings: ClientSettings = {},
): Promise<{ readonly context: ProviderContext; readonly directory: string; readonly close: () => Promise<void> }> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "mason-")));
  let ids = 0;
  const context: ProviderContext = {
    settings: { root: "data", ...settings },
    projectRoot: directory,
    scratch: join(directory, ".mason/scratch"),
    keep: join(directory, ".mason/local"),
    allowedDirectories: [join(directory, "data"), join(directory, ".mason/scratch")],
    now: () => new Date(),
    newId: () => {
      ids++;
      return `id-${process.pid}-${ids}`;
    },
    user: "tester",
  };
  return { context, directory, close: () => rm(directory, { recursive: true, force: true }) };
}
