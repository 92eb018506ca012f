/** Walks a graph with dependencies first and several nodes at once. */
import { countdown, type Dependencies } from "./order.ts";

/**
 * Calls `visit` for each node after all of its dependencies, at most `limit` at a time. `visit` decides what a failed dependency
 * means and must not throw. Nodes on a cycle are never visited. After an abort no new node starts, and the walk waits for running
 * ones.
 */
export function walk(
  dependencies: Dependencies,
  limit: number,
  visit: (node: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const { ready: first, done } = countdown(dependencies);
  const ready = [...first];
  return new Promise((resolve, reject) => {
    let next = 0;
    let running = 0;
    const finish = (node: string) => {
      running--;
      for (const dependant of done(node)) ready.push(dependant);
      start();
    };
    const start = () => {
      while (running < limit && next < ready.length && signal?.aborted !== true) {
        const node = ready[next++] ?? "";
        running++;
        visit(node).then(() => finish(node), reject);
      }
      if (running === 0) resolve();
    };
    start();
  });
}
