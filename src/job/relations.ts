/** What a job reads: tables that the engine knows, or files. */
import type { AnyJob, CanonicalJob, DataSource, Relation, Sink, TableRelation, TableSink } from "./job.ts";

/** True for a table that the engine knows by name. */
export const isTable = (relation: Relation): relation is TableRelation => "kind" in relation;

/** True for files. */
export const isFiles = (relation: Relation): relation is DataSource => !isTable(relation);

/** True for a sink that is a table of the engine. */
export const isTableSink = (sink: Sink): sink is TableSink => "kind" in sink;

/** What a job reads, in its order. */
export function relationsOf<R>(job: CanonicalJob<R, unknown>): readonly R[] {
  switch (job.kind) {
    case "query":
    case "merge":
      return job.sources;
    case "fake":
      return [];
    default:
      return [job.source];
  }
}

/** True for a job that reads and writes only files. */
export const isOverFiles = (job: AnyJob): job is CanonicalJob =>
  relationsOf(job).every(isFiles) && (job.target === undefined || !isTableSink(job.target));
