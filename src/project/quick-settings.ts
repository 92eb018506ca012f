/**
 * Reads the settings of a valid mason.yaml without loading the code that explains an invalid one. That code is three times as large
 * as everything that a command about the state needs.
 */
import { isObject } from "../json.ts";
import { decodeSettings, type GivenVariables, type ProjectSettings } from "./settings.ts";

const known: readonly string[] = [
  ..."name requires default_config state variables environments limits retention removed".split(" "),
];

/**
 * Settings that are correct about the state, or `null` when the text may have a problem: then the caller reads it in full. A text that
 * can't mention the state is not even parsed.
 */
export async function quickSettings(
  text: string | null,
  environment: string | null,
  given: GivenVariables,
): Promise<ProjectSettings | null> {
  if (text === null || (environment === null && !text.includes("state")))
    return environment === null ? decodeSettings({}, null, {}, "mason.yaml").value : null;
  const document = await firstDocument(text);
  if (!isObject(document) || Object.keys(document).some((key) => !known.includes(key))) return null;
  const { state } = document;
  if (state !== undefined && !(isObject(state) && typeof state.backend === "string")) return null;
  const { value, diagnostics } = decodeSettings(document, environment, given, "mason.yaml");
  return diagnostics.length === 0 ? value : null;
}

async function firstDocument(text: string): Promise<unknown> {
  const { CORE_SCHEMA, loadAll } = await import("js-yaml");
  try {
    return loadAll(text, { schema: CORE_SCHEMA, maxDepth: 200 })[0] ?? {};
  } catch {
    return null;
  }
}
