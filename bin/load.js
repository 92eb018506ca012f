// Loads the bundle with V8's code cache.
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");

const bundle = join(__dirname, "../dist/main.cjs");
const cache = `${bundle}.cache`;

function readOrNothing(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

/** The bundle's exports and its script, or null when there is no bundle. */
function load() {
  const source = readOrNothing(bundle);
  if (source === undefined) return null;
  const script = new Script(wrap(source.toString()), {
    filename: bundle,
    cachedData: readOrNothing(cache),
  });
  const require = createRequire(bundle);
  const module = { id: bundle, filename: bundle, loaded: true, exports: {}, children: [], paths: [] };
  // oclif requires the bundle again for its commands, and is to get the same one.
  require.cache[bundle] = module;
  // Code that is compiled this way has no import() of its own; modules of projects are loaded through this one.
  globalThis[Symbol.for("mason.import")] = (url) => import(url);
  script.runInThisContext()(module.exports, require, module, bundle, dirname(bundle));
  return { script, main: module.exports.main };
}

module.exports = { load, cache };
