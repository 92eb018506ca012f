/** Live progress on a terminal with listr2: a line for each stage that goes on, with its step and how far it is. */
import { Listr, type ListrTaskWrapper } from "listr2";
import type { ApplyEvent } from "../apply/events.ts";
import { eventLine, stageTitle } from "../view/apply-text.ts";
import type { Progress } from "./progress.ts";
import type { Terminal } from "./terminal.ts";

interface Task {
  end: (failed: string | null) => void;
  readonly ended: Promise<void>;
  wrapper: ListrTaskWrapper<unknown, never, never> | null;
}

/** Progress that redraws itself until it is ended. */
export function createLiveProgress(terminal: Terminal): Progress {
  const tasks = new Map<string, Task>();
  const list = new Listr<unknown>([], {
    concurrent: true,
    exitOnError: false,
    rendererOptions: { collapseErrors: false, removeEmptyLines: false },
    fallbackRenderer: "simple",
  });
  let running: Promise<unknown> | null = null;
  const start = (address: string, title: string) => {
    if (tasks.has(address)) return;
    const task = createTask();
    tasks.set(address, task);
    list.add({
      title,
      task: async (_, wrapper) => {
        task.wrapper = wrapper as unknown as Task["wrapper"];
        await task.ended;
      },
    });
    running ??= list.run().catch(() => undefined);
  };
  const show = (event: ApplyEvent) => {
    switch (event.type) {
      case "stage_start":
        return start(event.address, stageTitle(event.address, event.action));
      case "stage_end": {
        const line = eventLine(event, false) ?? event.result.address;
        const task = tasks.get(event.result.address);
        if (task === undefined) return terminal.note(line);
        if (task.wrapper !== null) task.wrapper.title = line;
        return task.end(event.result.status === "done" ? null : line);
      }
      case "step_start":
        start(event.address, `${event.address}: running`);
        return output(tasks, event.address, `${event.step} ${event.operator}`);
      case "step_progress":
        return output(tasks, event.address, `${event.step} ${Math.round(event.part * 100)} %`);
      case "step_retry":
      case "step_end":
        return output(tasks, event.address, eventLine(event, false) ?? "");
      case "step_log":
        return undefined;
    }
  };
  return {
    emit: show,
    end: async () => {
      for (const task of tasks.values()) task.end(null);
      await running;
    },
  };
}

function createTask(): Task {
  let settle: (failed: string | null) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    settle = (failed) => (failed === null ? resolve() : reject(new Error(failed)));
  });
  // A stage may end before its task was started.
  ended.catch(() => undefined);
  return { end: (failed) => settle(failed), ended, wrapper: null };
}

function output(tasks: ReadonlyMap<string, Task>, address: string, text: string): void {
  const wrapper = tasks.get(address)?.wrapper;
  if (wrapper != null) wrapper.output = text;
}
