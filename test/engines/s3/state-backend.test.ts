/** A state that is kept on S3, through the whole command: applied, raced for, moved there, and read from another checkout. */
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localConfig, type MasonProject, masonProject } from "../../e2e/mason.ts";
import { available } from "../support/available.ts";
import { startVersitygw } from "../versitygw/start.ts";
import { type S3Server, testKeys } from "./server.ts";

const server = await available("versitygw", startVersitygw);

async function makeBucket({ endpoint }: S3Server, bucket: string): Promise<void> {
  const credentials = { accessKeyId: testKeys.accessKey, secretAccessKey: testKeys.secretKey };
  const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}

const table = (name: string) =>
  `---\ntype: table\ndatabase: sales\nname: ${name}\ncolumns: [{ name: id, type: bigint }]\n`;
const resources = `${localConfig}---\ntype: database\nname: sales\n${table("orders")}`;

describe.skipIf(server === null)("a state on S3", () => {
  const bucket = `state-${process.pid}`;
  const env = { STATE_KEY: testKeys.accessKey, STATE_SECRET: testKeys.secretKey };
  const settings = (extra: string) => `name: remote\ndefault_config: "6"\n${extra}`;
  const remote = `state: { backend: s3, bucket: ${bucket}, key: mason/prod, aws_region: us-east-1, endpoint: "${server?.endpoint}", access_key: "{{STATE_KEY}}", secret_key: "{{STATE_SECRET}}" }\n`;
  const projects: MasonProject[] = [];
  const project = async (mason: string) => {
    const made = await masonProject({ "mason.yaml": mason, "all.yaml": resources });
    projects.push(made);
    return made;
  };
  const run = (made: MasonProject, ...args: readonly string[]) => made.runWith(env, ...args);

  beforeAll(async () => {
    if (server !== null) await makeBucket(server, bucket);
  });
  afterAll(async () => {
    for (const made of projects) await made.close();
    await server?.stop();
  });

  test("is moved from the lockfile with a question, and is then the only one", async () => {
    const made = await project(settings(""));
    expect((await run(made, "apply", "--auto-approve")).code).toBe(0);
    await made.write("mason.yaml", settings(remote));
    const elsewhere = await run(made, "plan");
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toContain("mason state migrate");
    const asked = await run(made, "state", "migrate");
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.stderr.replace(/\s+/g, " ")).toContain("mason state migrate --auto-approve");
    expect((await run(made, "state", "migrate", "--auto-approve")).code).toBe(0);
    expect((await run(made, "plan")).stdout).toContain("No changes.");
    expect((await run(made, "state", "list")).stdout).toContain("table.sales.orders");
  });

  test("lets one of eight applies at a time go on, loses none, and leaves no lease", async () => {
    const made = projects[0];
    if (made === undefined) throw new Error("the test before made no project");
    const serial = async () => Number(JSON.parse((await run(made, "state", "pull")).stdout).serial);
    const before = await serial();
    await made.write("more.yaml", table("payments"));
    const ran = await Promise.all(
      Array.from({ length: 8 }, () => run(made, "apply", "--auto-approve", "--lease-timeout", "60s")),
    );
    const applied = ran.filter((one) => one.code === 0);
    // Who planned before the winner saved finds another serial under the lease, and says so.
    for (const one of ran.filter((other) => other.code !== 0))
      expect(one.stderr).toMatch(/State changed during the apply/);
    expect(applied.length).toBeGreaterThanOrEqual(1);
    expect(await serial()).toBe(before + 1);
    const last = await run(made, "plan");
    expect(last.stdout).toContain("No changes.");
    expect(last.stderr).toBe("");
  });

  test("names wrong keys without showing them", async () => {
    const made = projects[0];
    if (made === undefined) throw new Error("the test before made no project");
    const refused = await made.runWith(
      { STATE_KEY: testKeys.accessKey, STATE_SECRET: "wrong-but-secret" },
      "plan",
      "-l",
      "trace",
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("keys");
    expect(refused.stderr + refused.stdout).not.toMatch(new RegExp(`wrong-but-secret|${testKeys.secretKey}`));
  });
});
