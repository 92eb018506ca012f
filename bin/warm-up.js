// Plans a tiny project once to make the code cache: at the build, and after the installation of the package. It never fails.
"use strict";
const { cpSync, mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { load } = require("./load.js");

async function warmUp({ main, keep }) {
  const project = mkdtempSync(join(tmpdir(), "mason-warm-up-"));
  try {
    cpSync(join(__dirname, "warm-up"), project, { recursive: true });
    await main(["plan", "--offline", project], join(__dirname, ".."));
    keep();
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

process.stdout.write = () => true;
process.stderr.write = () => true;
const loaded = load();
if (loaded !== null)
  warmUp(loaded)
    .catch(() => undefined)
    .finally(() => {
      process.exitCode = 0;
    });
