/** The floor under every plan: one process that reads and parses all YAML files below a directory with js-yaml, and nothing else. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORE_SCHEMA, loadAll } from "js-yaml";

let documents = 0;
const directory = process.argv[2] ?? ".";
for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
  if (!entry.isFile() || !entry.name.endsWith(".yaml")) continue;
  documents += loadAll(readFileSync(join(entry.parentPath, entry.name), "utf8"), { schema: CORE_SCHEMA }).length;
}
console.log(documents);
