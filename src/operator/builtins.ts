/** Mason's built-in operators: one file each, grouped by namespace. */
import { list as listDatabases } from "./database/list.ts";
import { cancel } from "./job/cancel.ts";
import { get as getJob } from "./job/get.ts";
import { list as listJobs } from "./job/list.ts";
import type { BuiltinOperator } from "./operator.ts";
import { list as listPartitions } from "./partition/list.ts";
import { deleteSchedule } from "./schedule/delete.ts";
import { list as listSchedules } from "./schedule/list.ts";
import { trigger } from "./schedule/trigger.ts";
import { dedupe } from "./table/dedupe.ts";
import { deleteTable } from "./table/delete.ts";
import { fake } from "./table/fake.ts";
import { format } from "./table/format.ts";
import { get as getTable } from "./table/get.ts";
import { infer } from "./table/infer.ts";
import { list as listTables } from "./table/list.ts";
import { merge } from "./table/merge.ts";
import { query } from "./table/query.ts";
import { refresh } from "./table/refresh.ts";
import { summarize } from "./table/summarize.ts";

/** All built-in operators, in listing order. */
export const builtins: readonly BuiltinOperator[] = [
  getTable,
  listTables,
  infer,
  query,
  merge,
  format,
  dedupe,
  summarize,
  deleteTable,
  refresh,
  fake,
  listPartitions,
  listDatabases,
  getJob,
  listJobs,
  cancel,
  listSchedules,
  deleteSchedule,
  trigger,
];
