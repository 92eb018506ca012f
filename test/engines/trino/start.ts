/**
 * Trino with the catalogs memory, tpch and hive; hive keeps its metastore in files, and its data on this machine or in S3. Needs a
 * JDK of version 24 or later, Maven and tar; the first time it fetches 480 MB.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { S3Server } from "../s3/server.ts";
import { type Artefact, provision, runCommand } from "../support/provision.ts";
import { freePorts, scratchDirectory, startServer } from "../support/server.ts";
import { ask } from "./ask.ts";

const version = "476";

/** A Trino that runs. */
export interface TrinoServer {
  readonly url: string;
  /** The directory of this machine in which the catalog hive keeps its data as `local:///`. */
  readonly lake: string;
  /** Ends the server and starts it again at the same address; what the catalog memory held is gone. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How it is started. */
export interface TrinoOptions {
  /** Where the catalog hive keeps its data; default: a directory of this machine. The bucket must exist. */
  readonly s3?: { readonly server: S3Server; readonly bucket: string };
}

const plugins = ["memory", "tpch", "hive"] as const;
/** Plugins of the core that nothing here needs; the server starts faster without them. */
const unused =
  /^(exchange-filesystem|functions-python|geospatial|password-authenticators|resource-group-managers|session-property-managers|spooling-filesystem)$/;

const item = (artefact: string, type: string): string =>
  `<artifactItem><groupId>io.trino</groupId><artifactId>${artefact}</artifactId><version>${version}</version><type>${type}</type></artifactItem>`;

const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>mason.test</groupId><artifactId>trino-run</artifactId><version>1</version><packaging>pom</packaging>
  <build><plugins><plugin>
    <groupId>org.apache.maven.plugins</groupId><artifactId>maven-dependency-plugin</artifactId><version>3.8.1</version>
    <configuration><outputDirectory>\${project.basedir}</outputDirectory><artifactItems>
      ${[item("trino-server-core", "tar.gz"), ...plugins.map((name) => item(`trino-${name}`, "zip"))].join("\n      ")}
    </artifactItems></configuration>
  </plugin></plugins></build>
</project>
`;

const artefact: Artefact = {
  name: "trino",
  version,
  make: async (directory) => {
    const jdk = await newJdk();
    await writeFile(join(directory, "pom.xml"), pom);
    await runCommand("mvn", ["-q", "-B", "-f", join(directory, "pom.xml"), "dependency:copy"]);
    const archive = join(directory, `trino-server-core-${version}.tar.gz`);
    await runCommand("tar", ["-xzf", archive, "-C", directory, "--strip-components=1"]);
    await rm(archive);
    for (const name of await readdir(join(directory, "plugin")))
      if (unused.test(name)) await rm(join(directory, "plugin", name), { recursive: true });
    for (const name of plugins) {
      const zip = join(directory, `trino-${name}-${version}.zip`);
      await runCommand(join(jdk, "bin", "jar"), ["-xf", zip], { cwd: join(directory, "plugin") });
      await rm(zip);
    }
  },
  check: async (directory) => {
    await newJdk();
    // Maven has compared each file with its checksum; here it is only whether they all came.
    const found = [...(await readdir(join(directory, "lib"))), ...(await readdir(join(directory, "plugin")))];
    for (const needed of [...plugins.map((name) => `trino-${name}-${version}`)])
      if (!found.includes(needed)) throw new Error(`${needed} is not there`);
    if (!found.some((name) => name.includes("trino-main"))) throw new Error("the server is not there");
  },
};

/** The home of a JDK that is new enough: `MASON_TEST_JDK`, `JAVA_HOME`, or where distributions put them. */
async function newJdk(): Promise<string> {
  const usual = "/usr/lib/jvm";
  const installed = await readdir(usual).catch(() => []);
  const { MASON_TEST_JDK, JAVA_HOME } = process.env;
  for (const home of [MASON_TEST_JDK, JAVA_HOME, ...installed.map((name) => join(usual, name))]) {
    if (home === undefined || home === "") continue;
    const release = await readFile(join(home, "release"), "utf8").catch(() => "");
    if (Number(/JAVA_VERSION="(\d+)/.exec(release)?.[1] ?? 0) >= 24) return home;
  }
  throw new Error("no JDK of version 24 or later was found. Set MASON_TEST_JDK to the home of one");
}

const jvm = [
  "-Xmx1536m",
  "-XX:+UseG1GC",
  "-XX:TieredStopAtLevel=1",
  "--sun-misc-unsafe-memory-access=allow",
  "-XX:+EnableDynamicAgentLoading",
  "-Djdk.attach.allowAttachSelf=true",
  "-Djdk.nio.maxCachedBufferSize=2000000",
  "--enable-native-access=ALL-UNNAMED",
  "--add-modules=jdk.incubator.vector",
  "-XX:+ExitOnOutOfMemoryError",
];

/** Starts a server without schemas of its own; tpch has its data. */
export async function startTrino(options: TrinoOptions = {}): Promise<TrinoServer> {
  const directory = await provision(artefact);
  const java = join(await newJdk(), "bin", "java");
  const scratch = await scratchDirectory("trino");
  const lake = join(scratch.path, "lake");
  await mkdir(lake);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  await writeConfig(scratch.path, directory, port, hiveOf(options, lake));
  const node = ["-Dconfig=etc/config.properties", "-Dnode.environment=test", "-Dnode.id=n1"];
  const logs = [`-Dnode.data-dir=${join(scratch.path, "data")}`, "-Dlog.levels-file=etc/log.properties"];
  const start = () =>
    startServer({
      name: "trino",
      command: java,
      args: [...jvm, "-cp", join(directory, "lib", "*"), ...node, ...logs, "io.trino.server.TrinoServer"],
      cwd: scratch.path,
      isReady: () => hasStarted(url),
    });
  let server = await start();
  return {
    url,
    lake,
    restart: async () => {
      await server.stop();
      server = await start();
    },
    stop: async () => {
      await server.stop();
      await scratch.remove();
    },
  };
}

/** True once queries run: the server answers before it has its own node. */
async function hasStarted(url: string): Promise<boolean> {
  const seen = await fetch(`${url}/v1/info`, { signal: AbortSignal.timeout(2000) });
  if (!seen.ok || Object(await seen.json()).starting !== false) return false;
  return (await ask(url, "SELECT count(*) FROM tpch.tiny.region")).error === null;
}

function hiveOf({ s3 }: TrinoOptions, lake: string): readonly string[] {
  const common = ["hive.metastore=file", "hive.non-managed-table-writes-enabled=true"];
  const more = [...common, "hive.allow-register-partition-procedure=true"];
  if (s3 === undefined)
    return [
      ...more,
      "hive.metastore.catalog.dir=local:///wh",
      "fs.native-local.enabled=true",
      `local.location=${lake}`,
    ];
  return [
    ...more,
    `hive.metastore.catalog.dir=s3://${s3.bucket}/wh`,
    "fs.native-s3.enabled=true",
    `s3.endpoint=${s3.server.endpoint}`,
    "s3.region=us-east-1",
    "s3.path-style-access=true",
    `s3.aws-access-key=${s3.server.accessKey}`,
    `s3.aws-secret-key=${s3.server.secretKey}`,
  ];
}

async function writeConfig(scratch: string, server: string, port: number, hive: readonly string[]): Promise<void> {
  const config = [
    "coordinator=true",
    "node-scheduler.include-coordinator=true",
    `http-server.http.port=${port}`,
    `discovery.uri=http://127.0.0.1:${port}`,
    "node.internal-address=127.0.0.1",
    `plugin.dir=${join(server, "plugin")}`,
    "query.max-memory=512MB",
    "query.max-memory-per-node=512MB",
    "memory.heap-headroom-per-node=256MB",
  ];
  const files: Readonly<Record<string, readonly string[]>> = {
    "config.properties": config,
    "log.properties": ["io.trino=WARN"],
    "catalog/memory.properties": ["connector.name=memory"],
    "catalog/tpch.properties": ["connector.name=tpch"],
    "catalog/hive.properties": ["connector.name=hive", ...hive],
  };
  await mkdir(join(scratch, "etc", "catalog"), { recursive: true });
  for (const [name, lines] of Object.entries(files))
    await writeFile(join(scratch, "etc", name), `${lines.join("\n")}\n`);
}
