/** Limits on concurrent work in a client: `limits.clients` of mason.yaml. */
import type { ClientLimits } from "./run-context.ts";

/** Slots by client name. Work in a client without a limit never waits. */
export function createClientLimits(limits: Readonly<Record<string, number>>): ClientLimits {
  const taken = new Map<string, number>();
  let waiting: (() => void)[] = [];
  const isFree = (client: string) => (taken.get(client) ?? 0) < (limits[client] ?? Number.POSITIVE_INFINITY);
  const move = (clients: readonly string[], by: number) => {
    for (const client of clients) taken.set(client, (taken.get(client) ?? 0) + by);
  };
  return {
    use: async (clients, work) => {
      const limited = clients.filter((client) => limits[client] !== undefined);
      if (limited.length === 0) return work();
      while (!limited.every(isFree)) await new Promise<void>((resolve) => waiting.push(resolve));
      move(limited, 1);
      try {
        return await work();
      } finally {
        move(limited, -1);
        const woken = waiting;
        waiting = [];
        for (const wake of woken) wake();
      }
    },
  };
}
