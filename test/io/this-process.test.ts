import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { isGone, thisMachine, thisProcess } from "../../src/io/this-process.ts";
import { factsOf } from "../../src/model/process-facts.ts";

const self = thisProcess();

test("this process is alive; one that never existed, another start of its id, or another boot is gone", () => {
  expect(isGone(self)).toBe(false);
  expect(isGone({ ...self, pid: 4_000_000 })).toBe(true);
  if (self.process_start !== undefined) expect(isGone({ ...self, process_start: "1" })).toBe(true);
  if (self.boot_id !== undefined) expect(isGone({ ...self, boot_id: "another" })).toBe(true);
});

test("a process of another machine is never known to be gone", () => {
  expect(isGone({ ...self, host: "elsewhere", pid: 4_000_000 })).toBe(false);
});

test.skipIf(!existsSync("/proc/self/stat"))(
  "a process that ended is gone, also while its parent has not asked",
  async () => {
    // The shell becomes another program, which never asks for its child.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const [line] = await once(parent.stdout, "data");
      const pid = Number(String(line).trim());
      const state = () => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
      for (let tries = 0; state() !== "Z" && tries < 500; tries++) await pause(10);
      expect(state()).toBe("Z");
      // Its id has not gone to another process: only its state says that it ended.
      expect(isGone(factsOf(thisMachine(), pid))).toBe(true);
    } finally {
      parent.kill("SIGKILL");
    }
  },
);
