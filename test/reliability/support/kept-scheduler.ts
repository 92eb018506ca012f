/** A scheduler that keeps its registrations in files, so that they outlive a killed process. For tests of applies. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readTextIfThere, writeFileWhole } from "../../../src/io/disk.ts";
import type { Registration } from "../../../src/model/schedule.ts";
import type { Manifest, Provider } from "../../../src/provider/contract.ts";

const manifest: Manifest = {
  name: "kept",
  description: "A scheduler whose registrations are files, for tests",
  engines: { scheduler: ["validateSchedule", "listRegistrations", "getRegistration", "register", "delete"] },
  settings: { root: { type: "path", description: "Where they are", default: "registrations" } },
  scheduler: { mode: "registers" },
  identity: (settings) => ({ root: String(settings.root ?? "registrations") }),
};

/** The provider. */
export const keptScheduler: Provider = {
  manifest,
  load: async () => ({
    manifest,
    scheduler: ({ projectRoot, settings }) => {
      const directory = join(projectRoot, String(settings.root));
      const file = (name: string) => join(directory, `${name}.json`);
      const read = (name: string): Registration | null => JSON.parse(readTextIfThere(file(name)) ?? "null");
      return {
        validateSchedule: () => [],
        listRegistrations: async () =>
          readdirSync(directory)
            .sort()
            .flatMap((name) => read(name.replace(".json", "")) ?? []),
        getRegistration: async (name) => read(name),
        register: async (registration) =>
          writeFileWhole(file(registration.name), `${JSON.stringify(registration, null, 2)}\n`),
        delete: async (name) => rmSync(file(name), { force: true }),
      };
    },
  }),
};
