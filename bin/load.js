// Loads the bundle with V8's code cache: compiling would take most of the time of a short command.
"use strict";
const { readFileSync } = require("node:fs");
const { createRequire, wrap } = require("node:module");
const { dirname, join } = require("node:path");
const { Script } = require("node:vm");
const { setFlagsFromString } = require("node:v8");
const { cacheFile, readCache, writeCache } = require("./code-cache.js");

// V8 optimises a function after it has run this many bytes of its code. The default of a tenth suits servers: a plan of a thousand
// resources spends a third of its time on optimising code that hardly runs again. The V8 of Node 22 has no such flag.
if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=676000");

const bundle = join(__dirname, "../dist/main.cjs");
const directory = join(__dirname, "../dist/cache");

function sourceOrNothing() {
  try {
    return readFileSync(bundle);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

/** The main function of the bundle, with `keep`, which writes the code cache if there is none yet; null without a bundle. */
function load() {
  const source = sourceOrNothing();
  if (source === undefined) return null;
  const file = cacheFile(directory, source);
  const cachedData = readCache(file);
  const script = new Script(wrap(source.toString()), { filename: bundle, cachedData });
  const require = createRequire(bundle);
  const module = { id: bundle, filename: bundle, loaded: true, exports: {}, children: [], paths: [] };
  // oclif requires the bundle again for its commands and must get the same one.
  require.cache[bundle] = module;
  // Code compiled this way has no import() of its own, so modules of projects are loaded through this one.
  globalThis[Symbol.for("mason.import")] = (url) => import(url);
  script.runInThisContext()(module.exports, require, module, bundle, dirname(bundle));
  const keep = () => {
    if (cachedData === undefined) writeCache(file, directory, () => script.createCachedData());
  };
  return { main: module.exports.main, keep };
}

module.exports = { load };
