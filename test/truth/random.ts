/** Chance with a seed: the same seed gives the same project on every machine. */
export interface Random {
  /** A number from 0 up to 1, without 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  chance(part: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Some items in their order, at least `least`. */
  some<T>(items: readonly T[], least: number, most: number): readonly T[];
  shuffle<T>(items: readonly T[]): readonly T[];
}

/** The generator mulberry32, seeded. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const int = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({ item, order: next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  return {
    next,
    int,
    chance: (part) => next() < part,
    pick: (items) => {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
    some: (items, least, most) => {
      const count = Math.min(items.length, int(Math.min(least, items.length), Math.max(least, most)));
      const chosen = new Set(shuffle(items.map((_, at) => at)).slice(0, count));
      return items.filter((_, at) => chosen.has(at));
    },
    shuffle,
  };
}
