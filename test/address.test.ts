import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addressForms,
  addressKind,
  configAddress,
  databaseAddress,
  deploymentAddress,
  operatorAddress,
  resourceKinds,
  tableAddress,
  workflowAddress,
} from "../src/address.ts";

const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,8}$/);
const address = fc.oneof(
  name.map((a) => ["config", configAddress(a)] as const),
  name.map((a) => ["database", databaseAddress(a)] as const),
  name.map((a) => ["deployment", deploymentAddress(a)] as const),
  fc.tuple(name, name).map(([a, b]) => ["operator", operatorAddress(a, b)] as const),
  fc.tuple(name, name).map(([a, b]) => ["workflow", workflowAddress(a, b)] as const),
  fc.tuple(name, name).map(([a, b]) => ["table", tableAddress(a, b)] as const),
);

test("every address has its kind; with a blank, or without its last part, it is none", () => {
  fc.assert(
    fc.property(address, ([kind, text]) => {
      expect(addressKind(text)).toBe(kind);
      for (const wrong of [
        `${text} `,
        ` ${text}`,
        text.slice(0, text.lastIndexOf(".")),
        text.slice(text.indexOf(".") + 1),
      ])
        if (!resourceKinds.some((known) => wrong.startsWith(`${known}.`))) expect(addressKind(wrong)).toBeNull();
      expect(addressKind(text.replace(/[.:][^.:]*$/, ""))).toBeNull();
    }),
  );
  for (const kind of resourceKinds) expect(addressKind(addressForms[kind])).toBe(kind);
});
