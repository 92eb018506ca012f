/**
 * Live progress on a terminal with listr2: one task whose title counts and whose output lists the running work. It draws on the given
 * stream (stderr), never on stdout. Other output to that stream appears after it.
 */
import {
  DefaultRenderer,
  ListrDefaultRendererLogLevels as Level,
  Listr,
  ListrLogger,
  ProcessOutput,
  Spinner,
} from "listr2";
import { createProgressScreen } from "../../view/apply/progress-text.ts";
import type { Shown } from "./shown.ts";

/** Where and how to draw. */
export interface LiveOutput {
  readonly stream: NodeJS.WriteStream;
  /** The number of columns of a line. */
  readonly width: () => number;
  readonly color: boolean;
  /** Aborts when the work should stop. */
  readonly signal: AbortSignal;
  /** Called at the start with a function that tells whether it draws now. Then it shows what an interrupt does. */
  readonly onDrawing?: (isDrawing: () => boolean) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Drawn {
  title: string;
  output: string;
}

/** The least time between two changes, in milliseconds: faster changes flicker. */
const pace = 100;
const mostLines = 8;

/** Progress that redraws itself until it ends. It draws nothing before the first event. */
export function createLiveProgress(output: LiveOutput): Shown {
  const screen = createProgressScreen();
  let list: ReturnType<typeof startList> | null = null;
  let drawnAt = 0;
  let isEnded = false;
  output.onDrawing?.(() => list !== null && !isEnded);
  const draw = (state: "going" | "stopping" | "ended") => {
    if (list === null) return;
    drawnAt = output.now();
    const width = Math.max(20, output.width() - 6);
    const lines = state === "ended" ? [] : screen.lines(drawnAt, width, mostLines);
    list.draw({ title: screen.title(state), output: lines.join("\n") });
  };
  const state = () => (output.signal.aborted ? "stopping" : "going");
  const stopping = () => draw("stopping");
  let timer: NodeJS.Timeout | undefined;
  return {
    live: true,
    expect: screen.expect,
    emit: (event) => {
      const at = output.now();
      screen.take(event, at);
      if (list === null) {
        list = startList(output, screen.title(state()));
        timer = setInterval(() => draw(state()), pace * 2).unref();
        output.signal.addEventListener("abort", stopping);
      }
      if (at - drawnAt >= pace) draw(state());
    },
    end: async () => {
      clearInterval(timer);
      output.signal.removeEventListener("abort", stopping);
      draw("ended");
      isEnded = true;
      await list?.end(screen.hasProblems());
    },
  };
}

/** A spinner that does not keep the process alive: a command that waits for nothing must fail, not spin for ever. */
class IdleSpinner extends Spinner {
  #timer: NodeJS.Timeout | undefined;

  override start(draw: () => void = () => undefined, interval = 100): void {
    this.#timer = setInterval(() => {
      this.spin();
      draw();
    }, interval).unref();
  }

  override isRunning(): boolean {
    return this.#timer !== undefined;
  }

  override stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Starts listr2 on a stream. */
function startList({ stream, color }: LiveOutput, title: string) {
  let finish: (failed: boolean) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    finish = (failed) => (failed ? reject(new Error("Not everything was done.")) : resolve());
  });
  // The work may end before listr2 has started the task.
  ended.catch(() => undefined);
  let task: Drawn | null = null;
  let last: Drawn = { title, output: "" };
  // listr2 asks whether stdout is a terminal, but this draws on another stream.
  DefaultRenderer.nonTTY = true;
  const processOutput = outputOn(stream);
  const list = new Listr(
    [
      {
        title,
        task: async (_, wrapper) => {
          task = wrapper;
          Object.assign(wrapper, last);
          await ended;
        },
      },
    ],
    {
      renderer: "default",
      rendererOptions: {
        logger: new ListrLogger({ useIcons: true, processOutput }),
        spinner: new IdleSpinner(),
        collapseErrors: false,
        showErrorMessage: false,
        ...(color ? {} : { color: colorless }),
      },
      exitOnError: false,
      // Ctrl-C aborts the apply, which then ends by itself.
      registerSignalListeners: false,
    },
  );
  // A second Ctrl-C ends the process while listr2 draws: other output and the cursor must not be lost.
  const release = () => processOutput.release();
  process.once("exit", release);
  stream.write("\n");
  const running = list.run().finally(() => process.removeListener("exit", release));
  return {
    draw: (drawn: Drawn) => {
      last = drawn;
      if (task === null) return;
      if (task.title !== drawn.title) task.title = drawn.title;
      task.output = drawn.output;
    },
    end: async (failed: boolean) => {
      finish(failed);
      await running.catch(() => undefined);
      // The problems follow.
      if (failed) stream.write("\n");
    },
  };
}

const asIs = (text?: string): string => text ?? "";
const colorless = { [Level.PENDING]: asIs, [Level.COMPLETED]: asIs, [Level.FAILED]: asIs, [Level.OUTPUT]: asIs };

/** The output of listr2: its "stdout" is the stream, and its "stderr" is unused. */
function outputOn(stream: NodeJS.WriteStream): ProcessOutput {
  const unused = { write: () => true } as unknown as NodeJS.WriteStream;
  const output = new ProcessOutput(stream, unused, { dump: ["stdout"], leaveEmptyLine: false });
  const write = stream.write.bind(stream);
  // Every frame reads the width, because a terminal may change its size.
  const live = {
    write,
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
  };
  Object.defineProperty(output, "stdout", { get: () => live });
  return output;
}
