// Plans a tiny project once and keeps the code that V8 compiled for it: see bin/load.js.
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { cache, load } = require("../bin/load.js");

const { main, script } = load();
main(["plan", "--offline", join(__dirname, "warm-up")], join(__dirname, "..")).then(() => {
  writeFileSync(cache, script.createCachedData());
});
