/** The trino provider: the tables of one catalog of a Trino cluster, and statements that run there. */
import { type Diagnostic, error } from "../../src/diagnostic/diagnostic.ts";
import type { ClientSettings, Manifest } from "../../src/provider/contract.ts";
import { parseSession, plainUrl, textOf } from "../support/trino/settings.ts";

export const manifest: Manifest = {
  name: "trino",
  description: "Tables of a catalog of Trino, and SQL that runs there",
  engines: {
    metastore: [
      "listDatabases",
      "getDatabase",
      "createDatabase",
      "deleteDatabase",
      "listTables",
      "getTable",
      "createTable",
      "updateTable",
      "renameTable",
      "deleteTable",
      "listPartitions",
      "addPartitions",
      "deletePartitions",
    ],
    // "references" asks a parser: EXPLAIN (TYPE IO) leaves out tables of branches that the optimizer drops, and needs the server.
    execution: ["submit", "getJob", "cancelJob", "results", "logs", "references", "describe", "explain", "close"],
  },
  settings: {
    url: { type: "string", required: true, description: "URL of the coordinator: https://trino.example.com:8443" },
    user: { type: "string", required: true, description: "User that runs the statements" },
    password: { type: "string", secret: true, description: "Password of the user; needs a URL with https" },
    catalog: { type: "string", required: true, description: "Catalog that holds the databases" },
    location: {
      type: "string",
      description:
        "URI at which Trino sees the root of the config's storage, if that is not the storage's own: s3://lake/data",
    },
    session: {
      type: "string",
      description: "Session properties: query_max_run_time=2h, hive.timestamp_precision=NANOSECONDS",
    },
  },
  // Trino drops a query that nobody asks about for some minutes, so no job outlives this process for long.
  execution: { dialect: "trino", takes: "statements", detached: false, find: "none", sources: [], tables: ["trino"] },
  identity: (settings) => ({ url: plainUrl(textOf(settings, "url")), catalog: textOf(settings, "catalog") }),
  check: (settings) => [...checkUrl(settings), ...checkSession(settings)],
};

function checkUrl(settings: ClientSettings): readonly Diagnostic[] {
  const text = textOf(settings, "url");
  if (text === "" || text.startsWith("{{")) return [];
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    return [
      problem("url", "No URL", `"url" must be a URL with http or https, like "http://localhost:8080". Correct it.`),
    ];
  if (url.username !== "" || url.password !== "")
    return [problem("url", "Secret in a URL", `"url" holds a user or a password. Use "user" and "password".`)];
  if (url.protocol === "https:" || settings.password === undefined) return [];
  const detail = `With "password", "url" must begin with https, since the password would be readable on its way.`;
  return [problem("password", "Password without encryption", detail)];
}

function checkSession(settings: ClientSettings): readonly Diagnostic[] {
  const text = textOf(settings, "session");
  if (text.startsWith("{{") || parseSession(text) !== null) return [];
  const detail = `"session" must be a list like "query_max_run_time=2h, hive.timestamp_precision=NANOSECONDS". Correct it.`;
  return [problem("session", "No session properties", detail)];
}

const problem = (code: string, summary: string, detail: string): Diagnostic =>
  error({ code: `config/trino-${code}`, summary, detail });
