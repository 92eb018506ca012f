/** Ctrl-C and SIGTERM: the first stops the work in order, the second ends the process. */

let controller: AbortController | null = null;
let isSaidElsewhere = () => false;

/** Leaves the hint to live progress while it draws: what is written to its stream appears only after it. */
export const sayInterruption = (isDrawing: () => boolean): void => {
  isSaidElsewhere = isDrawing;
};

/** The signal that aborts on the first interrupt. With `json` a program reads stderr, so nothing is printed there. */
export function interruption(json: boolean): AbortSignal {
  if (controller !== null) return controller.signal;
  const own = new AbortController();
  controller = own;
  const stop = () => {
    if (own.signal.aborted) process.exit(130);
    if (!json && !isSaidElsewhere())
      process.stderr.write("\nInterrupted: stopping the running work. Press Ctrl-C again to end at once.\n");
    own.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return own.signal;
}
