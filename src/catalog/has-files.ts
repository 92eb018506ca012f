/** Whether a path holds files. */
import type { Storage } from "../engine/storage.ts";
import { baseName, isHidden } from "../model/path.ts";
import { isProviderError } from "../provider/error.ts";

/** True for a file, and for a directory with visible entries; `null` if the client may not read, as one that may only write. */
export async function hasFiles(storage: () => Promise<Storage>, path: string): Promise<boolean | null> {
  try {
    const files = await storage();
    const found = await files.stat(path);
    if (found?.kind !== "directory") return found !== null;
    return (await files.list(path)).some((file) => !isHidden(baseName(file.path)));
  } catch (thrown) {
    if (isProviderError(thrown, "denied")) return null;
    throw thrown;
  }
}
