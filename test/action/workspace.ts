/** Checkouts of one project in temporary directories, with a command that notes how Mason was called. */
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localConfig } from "../e2e/mason.ts";

/** Temporary directories of a test. */
export interface Workspace {
  /** All else is in there. */
  readonly root: string;
  /** A checkout of the project. */
  readonly directory: string;
  /** A command that writes down arguments and environment, then does what Mason does. */
  readonly mason: string;
  /** Another checkout, as another job has it. */
  checkout(): Promise<string>;
  /** Arguments and environments of all calls. */
  calls(): Promise<string>;
  close(): Promise<void>;
}

/** A secret that a config of the project uses. */
export const secret = "S3CRET-key-of-the-warehouse";

const bin = fileURLToPath(new URL("../../bin/mason", import.meta.url));

const project: Readonly<Record<string, string>> = {
  "mason.yaml": 'default_config: "6"\n',
  "config.yaml": `${localConfig}---
type: config
id: 7
storage_engine: s3
clients:
  s3: { configuration: { bucket: lake, aws_region: eu-west-1, access_key: "{{LAKE_KEY}}", secret_key: "{{LAKE_SECRET}}" } }
`,
  "database.yaml": "type: database\nname: sales\n",
};

/** Makes one. `more`: files of the project. */
export async function makeWorkspace(more: Readonly<Record<string, string>> = {}): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), "mason-action-"));
  const directory = await mkdtemp(join(root, "checkout-"));
  for (const [name, text] of Object.entries({ ...project, ...more })) await writeFile(join(directory, name), text);
  const [mason, calls] = [join(root, "mason-noted"), join(root, "calls")];
  await writeFile(calls, "");
  await writeFile(
    mason,
    `#!/usr/bin/env bash\n{ printf 'args:'; printf ' <%s>' "$@"; echo; env; } >> '${calls}'\nexec '${process.execPath}' '${bin}' "$@"\n`,
  );
  await chmod(mason, 0o755);
  return {
    root,
    directory,
    mason,
    checkout: async () => {
      const copy = await mkdtemp(join(root, "checkout-"));
      await cp(directory, copy, { recursive: true, filter: (path) => !path.endsWith(".mason") });
      return copy;
    },
    calls: () => readFile(calls, "utf8"),
    close: () => rm(root, { recursive: true, force: true }),
  };
}
