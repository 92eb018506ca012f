import { describe, expect, it } from "vitest";
import { manifest as local } from "../../providers/local/manifest.ts";
import type { ConfigResource } from "../../src/project/resource.ts";
import type { Manifest } from "../../src/provider/contract.ts";
import { configJson } from "../../src/view/project/config-json.ts";

const vault: Manifest = {
  ...local,
  name: "vault",
  settings: { pin: { type: "string", description: "", secret: true }, region: { type: "string", description: "" } },
};
const config: ConfigResource = {
  kind: "config",
  address: "config.1",
  description: "",
  id: "1",
  engines: { metastore: "vault", execution: "other" },
  clients: {
    vault: { name: "vault", provider: "vault", configuration: { pin: "{{PIN}}", region: "{{REGION}}" } },
    other: {
      name: "other",
      provider: "unbuilt",
      configuration: {
        secret_key: "planted",
        aws_session_token: "planted",
        options: { password: "planted", list: [{ apiKey: "planted", size: 3 }] },
        url: "https://user:planted@host/path",
        key_prefix: "raw/",
      },
    },
  },
};

describe("a config as JSON", () => {
  const shown = configJson({ config, current: true, applied: "yes" }, (name) => (name === "vault" ? vault : null));

  it("has the clients of the four roles, with their settings as written", () => {
    expect(shown).toEqual({
      current: true,
      id: "1",
      execution_client: [
        {
          client_name: "other",
          provider: "unbuilt",
          secret_key: "REDACTED",
          aws_session_token: "REDACTED",
          options: { password: "REDACTED", list: [{ apiKey: "REDACTED", size: 3 }] },
          url: "https://REDACTED@host/path",
          key_prefix: "raw/",
        },
      ],
      metastore_client: [{ client_name: "vault", pin: "REDACTED", region: "{{REGION}}" }],
      storage_client: [],
      scheduler_client: [],
      applied: "yes",
    });
  });

  it("holds nothing that looks like a secret", () => {
    expect(JSON.stringify(shown)).not.toContain("planted");
  });
});
