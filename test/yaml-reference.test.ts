/** docs/yaml.md is what the schemas say; UPDATE_GOLDEN=1 writes it. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { providers } from "../providers/index.ts";
import { yamlReference } from "../scripts/yaml-reference.ts";
import { schemas } from "../src/project/schemas/index.ts";
import { golden, repository } from "./examples/example.ts";

const page = yamlReference(providers.map(({ manifest }) => manifest));

it("docs/yaml.md is current", async () => {
  expect(page).toBe(await golden(join(repository, "docs/yaml.md"), page));
});

it("has every key of every kind, and every setting", () => {
  for (const [kind, schema] of Object.entries(schemas)) {
    const part = page
      .split(/^## /m)
      .find((each) => each.startsWith(kind === "project" ? "mason.yaml" : `type: ${kind}\n`));
    for (const key of Object.keys(Object(schema.properties)))
      expect([kind, part]).toEqual([kind, expect.stringContaining(`\`${key}\``)]);
  }
  for (const { manifest } of providers)
    for (const key of Object.keys(manifest.settings)) expect(page).toContain(`\`${key}\``);
});
