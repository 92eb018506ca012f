// The inputs, read from the environment.
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";

/** The settings of all commands. `key` distinguishes the comment of this project and environment from others. */
export function settingsFrom(env) {
  const value = (name, otherwise) => env[`MASON_ACTION_${name}`] || otherwise;
  const directory = normalize(value("DIRECTORY", ".")).replace(/\/+$/, "") || "/";
  const environment = value("ENVIRONMENT", "");
  const files = value("FILES", join(env.RUNNER_TEMP ?? tmpdir(), "mason-plan"));
  return {
    directory,
    environment,
    key: createHash("sha256")
      .update(JSON.stringify([directory, environment]))
      .digest("hex")
      .slice(0, 16),
    files,
    planFile: join(files, "plan.bin"),
    mason: value("MASON", ""),
    untrusted: value("UNTRUSTED", "auto") === "true",
    token: value("TOKEN", ""),
    bot: value("BOT", "github-actions[bot]"),
    api: value("API", "").replace(/\/+$/, ""),
  };
}
