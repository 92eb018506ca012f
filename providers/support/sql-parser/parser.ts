/**
 * The SQL parser (`@polyglot-sql/sdk`) in one worker thread of this process. It loads when a text is first parsed, and its owner ends it:
 * an idle thread never keeps the process from ending.
 */
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import { isObject, type Json } from "../../../src/json.ts";
import type { DialectName } from "../../../src/sql/dialect.ts";

/** What the parser says of one text: its syntax tree, or why it has none. Places count code points. */
export type Parsed =
  | { readonly ok: true; readonly statements: readonly Json[] }
  | { readonly ok: false; readonly message: string; readonly place?: number };

/** A parser that its user closes. */
export interface SqlParser {
  parse(texts: readonly string[], dialect: DialectName): Promise<readonly Parsed[]>;
  close(): Promise<void>;
}

/** Trees go out as text: that is the fastest way out of a thread. A parser that traps can't be used again, so the thread ends. */
const program = `
const { parentPort, workerData } = require("node:worker_threads");
const sdk = require(workerData);
const ready = sdk.init();
parentPort.on("message", async ({ id, texts, dialect }) => {
  try {
    await ready;
    parentPort.postMessage({ id, answers: texts.map((sql) => JSON.stringify(sdk.parse(sql, dialect))) });
  } catch (error) {
    parentPort.postMessage({ id, failure: String(error) });
    process.exit(1);
  }
});
`;

/** Texts in one message. */
const atOnce = 100;

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (answer: Answer) => void>;
}

/** What the thread gives back. */
type Answer = { readonly answers: readonly string[] } | { readonly failure: string };

let thread: Thread | null = null;
let nextId = 0;
const users = new Set<SqlParser>();

/** A parser; all of a process share one thread, which ends when the last of them is closed. Loads nothing yet. */
export function createSqlParser(): SqlParser {
  const parser: SqlParser = {
    parse: async (texts, dialect) => {
      if (texts.length > 0) users.add(parser);
      const found: Parsed[] = [];
      for (let start = 0; start < texts.length; start += atOnce)
        found.push(...(await parseSome(texts.slice(start, start + atOnce), dialect)));
      return found;
    },
    close: async () => {
      if (!users.delete(parser) || users.size > 0) return;
      const ended = thread;
      thread = null;
      await ended?.worker.terminate();
    },
  };
  return parser;
}

async function parseSome(texts: readonly string[], dialect: DialectName): Promise<readonly Parsed[]> {
  const answer = await ask(texts, dialect);
  if ("answers" in answer) return answer.answers.map(parsedOf);
  // One text has ended the thread. The others get their answers from a new one.
  if (texts.length > 1) {
    const found: Parsed[] = [];
    for (const text of texts) found.push(...(await parseSome([text], dialect)));
    return found;
  }
  return [{ ok: false, message: `The parser failed on it (${answer.failure}).` }];
}

function ask(texts: readonly string[], dialect: DialectName): Promise<Answer> {
  const { worker, waiting } = thread ?? start();
  const id = nextId++;
  return new Promise((settle) => {
    waiting.set(id, settle);
    worker.ref();
    worker.postMessage({ id, texts, dialect });
  });
}

function start(): Thread {
  // Without it, V8 optimises one huge function of the parser in the background, and a process that ends waits for that 5 to 20 s.
  setFlagsFromString("--liftoff-only");
  const path = createRequire(import.meta.url).resolve("@polyglot-sql/sdk");
  const worker = new Worker(program, { eval: true, workerData: path });
  const started: Thread = { worker, waiting: new Map() };
  const settle = (id: number, answer: Answer) => {
    started.waiting.get(id)?.(answer);
    started.waiting.delete(id);
    if (started.waiting.size === 0) worker.unref();
  };
  const end = (failure: string) => {
    if (thread === started) thread = null;
    for (const id of [...started.waiting.keys()]) settle(id, { failure });
  };
  worker.on("message", ({ id, ...answer }: Answer & { readonly id: number }) => {
    // The thread of a failure is about to end.
    if ("failure" in answer && thread === started) thread = null;
    settle(id, answer);
  });
  worker.on("error", (error) => end(String(error)));
  worker.on("exit", () => end("it ended"));
  thread = started;
  return started;
}

function parsedOf(text: string): Parsed {
  const answer = JSON.parse(text) as Json;
  if (!isObject(answer)) return { ok: false, message: "The parser gave no answer." };
  if (answer.success === true) return { ok: true, statements: Array.isArray(answer.ast) ? answer.ast : [] };
  const message = String(answer.error ?? "It can't be parsed.");
  return { ok: false, message, ...(typeof answer.errorStart === "number" ? { place: answer.errorStart } : {}) };
}
