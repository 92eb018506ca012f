/**
 * Parses the text of a YAML file into documents. js-yaml gives the values, because it is two and a half times as fast as `yaml`; when
 * it refuses a file, `yaml` finds every problem and its place (src/project/yaml/positions.ts).
 */
import { loadAll } from "js-yaml";
import { type Diagnostic, error } from "../../diagnostic/diagnostic.ts";
import type { Json } from "../../json.ts";
import { restore, schemaAsWritten, type WrittenScalar } from "./scalars-as-written.ts";
import { fromThrown } from "./yaml-error.ts";

export { mayHoldResources } from "./resource-text.ts";

/** Documents of one file, in order; empty documents are `null`. */
export interface ParsedFile {
  readonly file: string;
  readonly documents: readonly Json[];
  /** Scalars whose text differs from their value; absent when there are none. */
  readonly written?: readonly WrittenScalar[];
  readonly diagnostics: readonly Diagnostic[];
}

const maxBytes = 10 * 1024 * 1024;
const maxNodes = 1_000_000;

/** Parses all documents of a file. */
export function parseYaml(file: string, text: string): ParsedFile {
  if (text.length > maxBytes)
    return refused(
      file,
      "yaml/too-large",
      "File too large",
      `"${file}" is larger than 10 MB. Split it into several files.`,
    );
  try {
    const parsed = loadAll(text, { schema: schemaAsWritten, maxDepth: 200 }) as Json[];
    if (text.includes("*") && parsed.some((document) => countNodes(document, maxNodes) > maxNodes)) {
      return refused(
        file,
        "yaml/alias-bomb",
        "Too many aliases",
        `The aliases of "${file}" expand to more than ${maxNodes} values. Write fewer aliases.`,
      );
    }
    const written: WrittenScalar[] = [];
    const documents = parsed.map((document, index) => restore(document, index, written));
    return { file, documents, ...(written.length === 0 ? {} : { written }), diagnostics: [] };
  } catch (thrown) {
    return { file, documents: [], diagnostics: [fromThrown(file, text, thrown)] };
  }
}

function refused(file: string, code: string, summary: string, detail: string): ParsedFile {
  return { file, documents: [], diagnostics: [error({ code, summary, detail, place: { file } })] };
}

/** Counts the values in a document, following aliases. It stops soon after `limit`, which bounds the cost of an alias bomb. */
function countNodes(root: Json, limit: number): number {
  const stack: Json[] = [root];
  let count = 0;
  while (stack.length > 0 && count <= limit) {
    const value = stack.pop();
    count++;
    if (typeof value !== "object" || value === null) continue;
    for (const item of Object.values(value)) stack.push(item as Json);
  }
  return count;
}
