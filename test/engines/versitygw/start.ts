/** versitygw: an S3 server over a directory, with truly atomic conditional writes. Needs Go; the first build takes minutes. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type S3Server, testKeys } from "../s3/server.ts";
import { type Artefact, provision, runCommand } from "../support/provision.ts";
import { answers, freePorts, scratchDirectory, startServer } from "../support/server.ts";

const version = "1.8.0";
const moduleName = "github.com/versity/versitygw";

const artefact: Artefact = {
  name: "versitygw",
  version,
  make: async (directory) => {
    const env = { GOBIN: directory, GOFLAGS: "-buildvcs=false" };
    await runCommand("go", ["install", `${moduleName}/cmd/versitygw@v${version}`], { cwd: directory, env });
  },
  check: async (directory) => {
    // What the binary itself says it was built from.
    const built = await runCommand("go", ["version", "-m", join(directory, "versitygw")]);
    if (!built.includes(`${moduleName}\tv${version}`)) throw new Error(`not built from ${moduleName} v${version}`);
  },
};

/** Starts a server with no buckets. */
export async function startVersitygw(): Promise<S3Server> {
  const binary = join(await provision(artefact), "versitygw");
  const scratch = await scratchDirectory("versitygw");
  const data = join(scratch.path, "data");
  await mkdir(data);
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: "versitygw",
    command: binary,
    args: ["--port", `127.0.0.1:${port}`, "--health", "/health", "--quiet", "posix", data],
    env: { ROOT_ACCESS_KEY: testKeys.accessKey, ROOT_SECRET_KEY: testKeys.secretKey },
    cwd: scratch.path,
    isReady: () => answers(`${endpoint}/health`),
  });
  const stop = async () => {
    await server.stop();
    await scratch.remove();
  };
  return { endpoint, ...testKeys, stop };
}
