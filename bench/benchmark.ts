/** What every benchmark is, and what it is given. */
import type { Command, Meter } from "./measure.ts";
import type { Report } from "./report.ts";

/** The place and the settings of one run of benchmarks. */
export interface Bench {
  readonly meter: Meter;
  /** Runs of each side. */
  readonly runs: number;
  /** Rows of the data benchmarks. */
  readonly rows: number;
  /** Only parts whose name has one of these, for benchmarks that have parts; empty: all. */
  readonly parts: readonly string[];
  /** A new directory that is gone when the benchmarks end. */
  readonly directory: (name: string) => string;
  /** `mason ...args` in a directory. */
  readonly mason: (directory: string, ...args: readonly string[]) => Command;
  /** Another program of bench/, bundled. */
  readonly program: (name: string, ...args: readonly string[]) => Command;
  /** Mason's source directory. */
  readonly root: string;
}

export interface Benchmark {
  readonly name: string;
  readonly about: string;
  /** Gives reports as they are ready. */
  readonly run: (bench: Bench) => AsyncIterable<Report> | Iterable<Report>;
}
