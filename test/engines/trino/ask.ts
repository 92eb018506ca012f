/** Trino asked by hand: the protocol in a few lines, so that what tests expect is not made by the code under test. */

/** What Trino answered, with plain JSON values. */
export interface Asked {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly error: string | null;
}

interface AskedPage {
  readonly nextUri?: string;
  readonly data?: readonly (readonly unknown[])[];
  readonly columns?: readonly { readonly type: string }[];
  readonly error?: { readonly errorName: string };
}

/** Runs a statement to its end. */
export async function ask(url: string, sql: string, session = ""): Promise<Asked> {
  const headers = {
    "X-Trino-User": "oracle",
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    ...(session === "" ? {} : { "X-Trino-Session": session }),
  };
  const rows: (readonly unknown[])[] = [];
  let page = (await (await fetch(`${url}/v1/statement`, { method: "POST", body: sql, headers })).json()) as AskedPage;
  for (;;) {
    rows.push(...(page.data ?? []));
    if (page.nextUri === undefined) break;
    page = (await (await fetch(page.nextUri, { headers })).json()) as AskedPage;
  }
  const columns = (page.columns ?? []).map(({ type }) => type);
  return { columns, rows, error: page.error?.errorName ?? null };
}

/** Drops all schemas of a catalog, with their tables. */
export async function dropAll(url: string, catalog: string): Promise<void> {
  const { rows } = await ask(url, `SELECT schema_name FROM ${catalog}.information_schema.schemata`);
  for (const [name] of rows)
    if (name !== "information_schema") await ask(url, `DROP SCHEMA ${catalog}."${name}" CASCADE`);
}
