import { defineOperator } from "mason";
import { readCsv } from "./csv.ts";

const day = 24 * 60 * 60 * 1000;

/** Finds the last days of a table of orders, and sums up their orders. It may call the verbs that `needs` names. */
export default defineOperator({
  async run({ config: { metastore, storage }, parameters, log, signal }) {
    if (metastore === undefined || storage === undefined) throw new Error("The config has no metastore or no storage.");
    const [database, name] = [String(parameters.database_name), String(parameters.table_name)];
    const table = await metastore.getTable(database, name);
    if (table === null) throw new Error(`There is no table "${database}.${name}".`);

    const orders: { readonly day: string; readonly amount: number }[] = [];
    for (const file of await storage.expand(table.location)) {
      signal.throwIfAborted();
      log(`Reading ${file.path}`);
      for (const row of readCsv(new TextDecoder().decode(await storage.read(file.path))))
        orders.push({ day: row.ordered_on ?? "", amount: Number(row.amount) });
    }

    const until = orders
      .map((order) => order.day)
      .sort()
      .at(-1);
    if (until === undefined) throw new Error(`The table "${database}.${name}" has no orders.`);
    const since = new Date(Date.parse(until) - (Number(parameters.days) - 1) * day).toISOString().slice(0, 10);
    const inside = orders.filter((order) => order.day >= since);
    const revenue = Math.round(inside.reduce((sum, order) => sum + order.amount, 0) * 100) / 100;

    const output_path = String(parameters.output_path);
    const report = { since, until, orders: inside.length, revenue };
    await storage.write(output_path, `${JSON.stringify(report, null, 2)}\n`);
    return {
      outputs: { since, until, orders: inside.length, output_path },
      data: [report],
      info: [`${inside.length} orders from ${since} to ${until}.`],
    };
  },
});
