/**
 * Live progress on a terminal with listr2: one task whose title counts and whose output is what goes on. It is drawn on the stream that
 * it is given (stderr), never on stdout; what others write there meanwhile comes after it.
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

/** Where and how it is drawn. */
export interface LiveOutput {
  readonly stream: NodeJS.WriteStream;
  /** Columns that a line may take. */
  readonly width: () => number;
  readonly color: boolean;
  /** Aborted when everything is to stop. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
}

interface Drawn {
  title: string;
  output: string;
}

/** Titles and output change at most this often, in milliseconds: faster is flicker. */
const pace = 100;
const mostLines = 8;

/** Progress that redraws itself until it is ended. Nothing is drawn before the first event. */
export function createLiveProgress(output: LiveOutput): Shown {
  const screen = createProgressScreen();
  let list: ReturnType<typeof startList> | null = null;
  let drawnAt = 0;
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
  // It may end before listr2 has started the task.
  ended.catch(() => undefined);
  let task: Drawn | null = null;
  let last: Drawn = { title, output: "" };
  // listr2 asks whether stdout is a terminal, and it is not stdout that is drawn on.
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
      // Ctrl-C is an abort of the apply, which ends by itself.
      registerSignalListeners: false,
    },
  );
  // A second Ctrl-C ends the process while it is drawn: what others wrote must not be lost, nor the cursor.
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
      // Problems come next.
      if (failed) stream.write("\n");
    },
  };
}

const asIs = (text?: string): string => text ?? "";
const colorless = { [Level.PENDING]: asIs, [Level.COMPLETED]: asIs, [Level.FAILED]: asIs, [Level.OUTPUT]: asIs };

/** listr2's "stdout" is the stream; its "stderr" is not used for anything. */
function outputOn(stream: NodeJS.WriteStream): ProcessOutput {
  const unused = { write: () => true } as unknown as NodeJS.WriteStream;
  const output = new ProcessOutput(stream, unused, { dump: ["stdout"], leaveEmptyLine: false });
  const write = stream.write.bind(stream);
  // The width is read anew for every frame, so that a terminal may change its size.
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
