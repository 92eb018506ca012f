// Loaded before what is measured (node -r): writes the peak memory of the process, in KB, into the file that MASON_BENCH_MEMORY names.
const { writeFileSync } = require("node:fs");

const file = process.env.MASON_BENCH_MEMORY;
if (file !== undefined) process.on("exit", () => writeFileSync(file, String(process.resourceUsage().maxRSS)));
