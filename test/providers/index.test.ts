import { describe, expect, test } from "vitest";
import { providers } from "../../providers/index.ts";
import { engineRoles } from "../../src/engine/roles.ts";
import { createRegistry } from "../../src/provider/registry.ts";
import { temporaryContext } from "../conformance/context.ts";
import { expectVerbs } from "../conformance/support.ts";

test("the list holds each provider once", () => {
  expect(createRegistry(providers).names).toEqual(["local", "memory", "s3", "trino"]);
});

describe.each(providers.map((provider) => [provider.manifest.name, provider] as const))(
  "%s",
  (_, { manifest, load }) => {
    test("makes an engine for every role of its manifest, with the verbs that it names", async () => {
      const { context, close } = await temporaryContext();
      const entry = await load();
      expect(entry.manifest).toBe(manifest);
      for (const role of engineRoles) {
        const make = { ...entry }[role];
        expect(make !== undefined, role).toBe(manifest.engines[role] !== undefined);
      }
      const engines = {
        storage: entry.storage?.(context),
        metastore: entry.metastore?.(context, null),
        execution: entry.execution?.(context, null),
        scheduler: entry.scheduler?.(context),
      };
      for (const role of engineRoles) {
        const engine = engines[role];
        if (engine !== undefined) expectVerbs(engine, manifest.engines[role] ?? []);
      }
      await close();
    });
  },
);
