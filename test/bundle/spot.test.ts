import { posix } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { normalRoot } from "../../src/bundle/spot.ts";

test("a root is the same however it is written, also above the project: the oracle is Node's own", () => {
  const part = fc.constantFrom("a", "b", "..", ".", "", "...");
  const root = fc
    .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 6 }))
    .map(([isAbsolute, parts]) => (isAbsolute ? "/" : "") + parts.join("/").replace(/^\/+/, ""));
  fc.assert(
    fc.property(root, (text) => {
      const normal = posix.normalize(text === "" ? "." : text).replace(/(?<=.)\/$/, "");
      // A root above that of the machine is no directory.
      fc.pre(!text.startsWith("/") || !/^\/(\.\.?\/)*\.\.(\/|$)/.test(text));
      fc.pre(!normalRoot(text).startsWith("/.."));
      expect(normalRoot(text)).toBe(normal === "." ? "" : normal);
    }),
    { numRuns: 500 },
  );
});
