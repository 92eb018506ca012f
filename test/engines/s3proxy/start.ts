/**
 * S3Proxy over a directory: its If-Match is checked, and then written, so several writers win. It is the negative control: a race
 * test that does not fail here proves nothing elsewhere. Needs Java and Maven.
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type S3Server, testKeys } from "../s3/server.ts";
import { type Artefact, provision, runCommand } from "../support/provision.ts";
import { freePorts, scratchDirectory, startServer } from "../support/server.ts";

const version = "4.1.0";

// Without the second dependency an older version of it wins, and the server does not start.
const pom = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>mason.test</groupId><artifactId>s3proxy-run</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.gaul</groupId><artifactId>s3proxy</artifactId><version>${version}</version></dependency>
    <dependency>
      <groupId>com.fasterxml.jackson.core</groupId><artifactId>jackson-annotations</artifactId><version>2.21</version>
    </dependency>
  </dependencies>
</project>
`;

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

const artefact: Artefact = {
  name: "s3proxy",
  version,
  make: async (directory) => {
    await writeFile(join(directory, "pom.xml"), pom);
    const scope = ["-DincludeScope=runtime", `-DoutputDirectory=${join(directory, "lib")}`];
    await runCommand("mvn", ["-q", "-B", "-f", join(directory, "pom.xml"), copyDependencies, ...scope]);
  },
  check: async (directory) => {
    await runCommand("java", ["-version"]);
    // Maven has compared each file with its checksum; here it is only whether they all came.
    const files = await readdir(join(directory, "lib"));
    for (const needed of [`s3proxy-${version}.jar`, "jackson-annotations-2.21.jar"]) {
      if (!files.includes(needed)) throw new Error(`${needed} is not there`);
    }
  },
};

/** Starts a server with no buckets. */
export async function startS3proxy(): Promise<S3Server> {
  const directory = await provision(artefact);
  const scratch = await scratchDirectory("s3proxy");
  const data = join(scratch.path, "data");
  await mkdir(data);
  const [port] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const properties = join(scratch.path, "s3proxy.properties");
  await writeFile(properties, propertiesOf(endpoint, data));
  const jvm = ["-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
  const server = await startServer({
    name: "s3proxy",
    command: "java",
    args: [...jvm, "-cp", join(directory, "lib", "*"), "org.gaul.s3proxy.Main", "--properties", properties],
    cwd: scratch.path,
    // Any answer will do: without a signature it is a refusal.
    isReady: async () => (await fetch(endpoint, { signal: AbortSignal.timeout(2000) })).status > 0,
  });
  const stop = async () => {
    await server.stop();
    await scratch.remove();
  };
  return { endpoint, ...testKeys, stop };
}

const propertiesOf = (endpoint: string, data: string): string =>
  [
    `s3proxy.endpoint=${endpoint}`,
    "s3proxy.authorization=aws-v2-or-v4",
    `s3proxy.identity=${testKeys.accessKey}`,
    `s3proxy.credential=${testKeys.secretKey}`,
    "jclouds.provider=filesystem-nio2",
    "jclouds.identity=unused",
    "jclouds.credential=unused",
    `jclouds.filesystem.basedir=${data}`,
    "",
  ].join("\n");
