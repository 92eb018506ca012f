/** Ctrl-C and SIGTERM: the first asks everything to stop, a second one ends the process. */

let controller: AbortController | null = null;

/** The signal that aborts on the first interrupt. `json`: stderr is read by a program, so nothing is said there. */
export function interruption(json: boolean): AbortSignal {
  if (controller !== null) return controller.signal;
  const own = new AbortController();
  controller = own;
  const stop = () => {
    if (own.signal.aborted) process.exit(130);
    if (!json) process.stderr.write("\nInterrupted: stopping what is going on. Press Ctrl-C again to end at once.\n");
    own.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return own.signal;
}
