/** An S3 endpoint that can't be reached: the message names the client, the endpoint and the cause. */
import { expect, it } from "vitest";
import { masonProject } from "./mason.ts";

it.each([
  ["http://127.0.0.1:1", /ECONNREFUSED/],
  ["http://no-such-host.invalid:9000", /ENOTFOUND|EAI_AGAIN/],
])("%s", async (endpoint, cause) => {
  const project = await masonProject({
    "mason.yaml": "name: x\ndefault_config: 1\n",
    "config.yaml": `type: config
id: 1
metastore_engine: lake
storage_engine: lake
clients:
  lake: { provider: s3, configuration: { bucket: acme, aws_region: eu-west-1, endpoint: "${endpoint}", access_key: "{{A}}", secret_key: "{{B}}" } }
`,
    "database.yaml": "type: database\nname: sales\n",
  });
  try {
    for (const args of [["plan"], ["doctor"], ["run", "operator", "database", "list"]]) {
      const { code, stdout, stderr } = await project.runWith({ A: "first-key", B: "second-key" }, ...args);
      const said = (stdout + stderr).replace(/\s+/g, " ");
      expect([args[0], code]).toEqual([args[0], 1]);
      expect(said).toMatch(args[0] === "plan" ? /the s3 client with bucket "acme"/ : /client "lake" of config "1"/);
      expect(said).toContain(`at "${endpoint}" can't be reached`);
      expect(said).toMatch(cause);
      expect(said).not.toContain("-key");
    }
  } finally {
    await project.close();
  }
});
