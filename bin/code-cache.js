// The code cache of V8: the compiled code of the bundle, kept in dist/cache/ between processes. V8 checks neither the content of the
// source nor that of the cache, and crashes on the cache of another Node. So the name of a file carries a key of everything that the
// code depends on, and the file begins with the digest of its content. A file that is not whole is ignored.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { join } = require("node:path");
const v8 = require("node:v8");

/** The most files to keep: one for each Node and each set of V8 flags. */
const most = 8;
const digestLength = 32;

const digestOf = (content) => createHash("sha256").update(content).digest();

/** The path of the cache for a source under this Node. */
function cacheFile(directory, source) {
  const key = createHash("sha256")
    .update(source)
    // The tag covers V8's version, its flags and the features of the processor.
    .update(
      JSON.stringify([process.version, process.versions.v8, process.platform, process.arch, v8.cachedDataVersionTag()]),
    )
    .digest("hex")
    .slice(0, 32);
  return join(directory, `main-${process.version}-${key}.cache`);
}

/** The content of a cache file, or undefined if it is absent, unreadable or not whole. */
function readCache(file) {
  let content;
  try {
    content = fs.readFileSync(file);
  } catch {
    return undefined;
  }
  const data = content.subarray(digestLength);
  return data.length > 0 && digestOf(data).equals(content.subarray(0, digestLength)) ? data : undefined;
}

/** Writes a cache file as a whole. A failure, as in a read-only installation, is ignored: the next process compiles again. */
function writeCache(file, directory, makeData) {
  const own = `${file}.${process.pid}.tmp`;
  attempt(() => {
    fs.mkdirSync(directory, { recursive: true });
    fs.accessSync(directory, fs.constants.W_OK);
    attempt(() => {
      const data = makeData();
      fs.writeFileSync(own, Buffer.concat([digestOf(data), data]), { flag: "wx" });
      fs.renameSync(own, file);
    });
    fs.rmSync(own, { force: true });
    prune(directory);
  });
}

function attempt(work) {
  try {
    work();
  } catch {
    // The cache is optional.
  }
}

function prune(directory) {
  const files = fs.readdirSync(directory).map((name) => join(directory, name));
  const byAge = files.map((file) => ({ file, at: fs.statSync(file).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { file } of byAge.slice(most)) fs.rmSync(file, { force: true });
}

module.exports = { cacheFile, readCache, writeCache };
