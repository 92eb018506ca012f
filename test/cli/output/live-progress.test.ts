import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLiveProgress } from "../../../src/cli/output/live-progress.ts";
import { widthOf } from "../../../src/view/layout.ts";
import { exampleEvents } from "../../support/example-events.ts";

/** A terminal that keeps what is written to it, and tells when something was. */
function fakeTerminal(columns: number) {
  let text = "";
  const waiting: { readonly part: string; readonly resolve: () => void }[] = [];
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      for (const { part, resolve } of waiting) if (text.includes(part)) resolve();
      done();
    },
  });
  Object.assign(stream, { columns, rows: 24, isTTY: true });
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    text: () => text,
    written: (part: string) =>
      text.includes(part)
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            waiting.push({ part, resolve });
          }),
  };
}

/** What stands on the terminal after all of this was written. */
function screenOf(text: string): string {
  const lines: string[] = [""];
  let [row, column] = [0, 0];
  for (const part of text.match(/\u001b\[[?\d;]*[A-Za-z]|\n|[^\u001b\n]+/g) ?? []) {
    if (part === "\n") {
      row++;
      column = 0;
      lines[row] ??= "";
    } else if (part.startsWith("\u001b")) {
      const count = Number(/\d+/.exec(part)?.[0] ?? 1);
      if (part.endsWith("A")) row = Math.max(0, row - count);
      else if (part.endsWith("G")) column = count - 1;
      else if (part.endsWith("K")) lines[row] = part.includes("2") ? "" : (lines[row] ?? "").slice(0, column);
    } else {
      const line = lines[row] ?? "";
      lines[row] = line.padEnd(column).slice(0, column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  return lines.join("\n").trimEnd();
}

const start = (columns: number, controller = new AbortController()) => {
  const terminal = fakeTerminal(columns);
  let now = 0;
  let isDrawing = () => false;
  const progress = createLiveProgress({
    stream: terminal.stream,
    width: () => columns,
    color: false,
    signal: controller.signal,
    now: () => now,
    onDrawing: (asked) => {
      isDrawing = asked;
    },
  });
  return {
    terminal,
    progress,
    isDrawing: () => isDrawing(),
    at: (time: number) => {
      now = time;
    },
  };
};

const ended = (address: string, action: "create" | "run") =>
  ({ type: "stage_end", result: { address, action, status: "done", detail: "done" } }) as const;

describe("live progress", () => {
  it("draws nothing before the first event, and ends without one", async () => {
    const { terminal, progress } = start(80);
    await progress.end();
    expect(terminal.text()).toBe("");
  });

  it("shows what goes on, and leaves one line", async () => {
    const { terminal, progress, at } = start(80);
    progress.expect(2);
    progress.emit({ type: "stage_start", address: "table.a.b", action: "create" });
    await terminal.written("Applying: 0 of 2 done");
    at(500);
    progress.emit({ type: "stage_start", address: "deployment.d", action: "run" });
    await terminal.written("deployment.d  running");
    progress.emit(ended("table.a.b", "create"));
    progress.emit(ended("deployment.d", "run"));
    await progress.end();
    expect(screenOf(terminal.text()).trim()).toMatch(/^\S Ended: 2 of 2 done$/);
    // The cursor is there again.
    expect(terminal.text().lastIndexOf("\u001b[?25h")).toBeGreaterThan(terminal.text().lastIndexOf("\u001b[?25l"));
  });

  it("ends as failed when something failed", async () => {
    const { terminal, progress, at } = start(80);
    for (const [time, event] of exampleEvents) {
      at(time);
      progress.emit(event);
    }
    await progress.end();
    expect(screenOf(terminal.text()).trim()).toMatch(/^[✖×] Ended: 3 done, 1 failed, 1 skipped, 1 cancelled$/);
  });

  it("never draws a line wider than the terminal", async () => {
    const { terminal, progress, at } = start(50);
    for (const [time, event] of exampleEvents.slice(0, 7)) {
      at(time + 200);
      progress.emit(event);
    }
    await terminal.written("table:infer");
    await progress.end();
    const plain = terminal.text().replace(/\u001b\[[?\d;]*[A-Za-z]/g, "\n");
    expect(plain.split("\n").filter((line) => widthOf(line) > 50)).toEqual([]);
  });

  it("says that it is stopping", async () => {
    const controller = new AbortController();
    const { terminal, progress, isDrawing } = start(80, controller);
    expect(isDrawing()).toBe(false);
    progress.emit({ type: "stage_start", address: "deployment.d", action: "run" });
    expect(isDrawing()).toBe(true);
    await terminal.written("Applying");
    controller.abort();
    await terminal.written("Stopping (Ctrl-C again ends at once): 0 done");
    await progress.end();
    expect(isDrawing()).toBe(false);
  });

  it("keeps what others write meanwhile for the end", async () => {
    const { terminal, progress } = start(80);
    progress.emit({ type: "stage_start", address: "deployment.d", action: "run" });
    await terminal.written("Applying");
    terminal.stream.write("Interrupted: stopping what is going on.\n");
    await progress.end();
    expect(screenOf(terminal.text())).toMatch(/Ended: 0 done\nInterrupted: stopping what is going on\.$/);
  });

  it("writes nothing to stdout", async () => {
    const written: unknown[] = [];
    const real = process.stdout.write;
    process.stdout.write = ((chunk: unknown) => written.push(chunk) > 0) as typeof process.stdout.write;
    try {
      const { terminal, progress } = start(80);
      progress.emit({ type: "stage_start", address: "deployment.d", action: "run" });
      await terminal.written("deployment.d");
      await progress.end();
    } finally {
      process.stdout.write = real;
    }
    expect(written).toEqual([]);
  });
});
