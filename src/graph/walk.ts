/** Walks a graph with dependencies first and several nodes at once. */
import type { Dependencies } from "./order.ts";

/**
 * Calls `visit` for each node when all it depends on have been visited, at most `limit` at a time. `visit` decides what a failed
 * dependency means and must not throw. Nodes on a cycle are never visited. After an abort no new node is started; those under
 * way are waited for.
 */
export function walk(
  dependencies: Dependencies,
  limit: number,
  visit: (node: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  const waiting = new Map<string, number>();
  const dependants = new Map<string, string[]>();
  for (const [node, needs] of dependencies) {
    const known = new Set(needs.filter((need) => dependencies.has(need)));
    waiting.set(node, known.size);
    for (const need of known) {
      const list = dependants.get(need);
      if (list === undefined) dependants.set(need, [node]);
      else list.push(node);
    }
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([node]) => node);
  return new Promise((resolve, reject) => {
    let next = 0;
    let running = 0;
    const finish = (node: string) => {
      running--;
      for (const dependant of dependants.get(node) ?? []) {
        const left = (waiting.get(dependant) ?? 0) - 1;
        waiting.set(dependant, left);
        if (left === 0) ready.push(dependant);
      }
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
