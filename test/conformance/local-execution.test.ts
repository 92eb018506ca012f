import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createLocalExecution } from "../../providers/local/execution.ts";
import { manifest } from "../../providers/local/manifest.ts";
import { createLocalStorage } from "../../providers/local/storage.ts";
import { temporaryContext } from "./context.ts";
import { executionConformance } from "./execution.ts";

executionConformance("local", async () => {
  const { context, directory, close } = await temporaryContext({ threads: 2, memory_limit: "500MB" });
  const storage = createLocalStorage(context);
  await mkdir(join(directory, "data"));
  return {
    execution: createLocalExecution(context),
    verbs: manifest.engines.execution ?? [],
    again: async () => createLocalExecution(context),
    files: {
      putFile: async (name, content) => {
        await writeFile(join(directory, "data", name), content);
        return storage.uri(name);
      },
      target: (name) => storage.uri(name),
      readTarget: async (name) => {
        const files = await storage.expand(name);
        return Promise.all(files.map((file) => readFile(join(directory, "data", file.path), "utf8")));
      },
    },
    numbers: (n) => `select range as n from range(${n})`,
    slowSql: "select count(*) as n from range(1000000) as a cross join range(1000000) as b where a.range + b.range < 0",
    close,
  };
});
