/** Systems that could not be had: a named skip on a developer's machine, a failure in CI. */
import { afterAll, test } from "vitest";
import { MissingArtefact } from "./provision.ts";

/**
 * Starts a system for the tests of a file and stops it after them. Gives `null`, with a skipped test in the report that says why,
 * when its artefact is missing; in CI that throws. A system that is there and does not start always throws.
 */
export async function available<S extends { readonly stop: () => Promise<void> }>(
  name: string,
  start: () => Promise<S>,
): Promise<S | null> {
  try {
    const system = await start();
    afterAll(() => system.stop());
    return system;
  } catch (error) {
    if (!(error instanceof MissingArtefact) || isCi()) throw error;
    // The usual report counts skipped tests and does not name them.
    console.warn(`Skipped ${name}: ${error.message}`);
    test.skip(`${name}: ${error.message}`);
    return null;
  }
}

const isCi = (): boolean => !["", "0", "false"].includes(process.env.CI ?? "");
