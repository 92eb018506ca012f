/** The SQL of a query of a spec, over the columns that its sources have now. */
import { type DuckColumn, id } from "./duck.ts";
import { everyday, exotic } from "./expressions.ts";
import type { Op } from "./spec.ts";

type Query = Extract<Op, { kind: "query" }>;

/** A table as SQL names it, with its columns. */
export interface Named {
  readonly name: string;
  readonly columns: readonly DuckColumn[];
}

const isNested = ({ type }: DuckColumn) =>
  /[[(]|MAP|STRUCT|JSON|INTERVAL|BLOB/.test(type) && !type.startsWith("DECIMAL");

/** A name that is not taken, whatever the case of its letters. */
function fresh(columns: readonly DuckColumn[], base: string): string {
  const taken = new Set(columns.map(({ name }) => name.toLowerCase()));
  let name = base;
  for (let at = 2; taken.has(name.toLowerCase()); at++) name = `${base}_${at}`;
  return name;
}

const at = <T>(items: readonly T[], place: number): T => {
  const item = items[place % items.length];
  if (item === undefined) throw new Error("no columns");
  return item;
};

/** The expression of a query. */
export const expressionOf = (op: Query) => at(op.exotic ? exotic : everyday, op.expression);

/** The text of the query; `$table` stands for the first source where the shape says so. */
export function queryText(op: Query, sources: readonly Named[]): string {
  const [first, second = sources[0]] = sources;
  if (first === undefined || second === undefined) return "select 1 as id";
  const { columns } = first;
  const extra = op.salt === 0 ? "" : `, ${op.salt} as ${id(fresh(columns, "salted"))}`;
  const star = `*${extra}`;
  switch (op.shape) {
    case "star":
      return `select ${star} from ${first.name}`;
    case "dollar":
      return `select ${star} from $table`;
    case "empty":
      return `select ${star} from ${first.name} where false`;
    case "union":
      return `select ${star} from ${first.name} union all select ${star} from ${first.name}`;
    case "window":
      return `select *, count(*) over (partition by ${id(groupable(columns, op.picks[0] ?? 0).name)}) as ${id(fresh(columns, "n"))}${extra} from ${first.name}`;
    case "hole":
      return `select *, cast(\${run.date} as date) as ${id(fresh(columns, "ran on"))}${extra} from ${first.name}`;
    case "files":
      return `select ${star} from ${first.name}`;
    case "cte":
      return `with ${id("t")} as (select * from ${first.name}) select ${star} from ${id("t")} where true -- the end`;
    case "expression":
      return `select *, ${expressionOf(op).sql} as ${id(fresh(columns, "e"))}${extra} from ${first.name}`;
    case "pick": {
      const names = [...new Set(op.picks.map((pick) => at(columns, pick).name))];
      const list = names.map((name, place) =>
        place === 0 ? `${id(name)} as ${id(fresh(columns, "picked one"))}` : id(name),
      );
      return `select ${list.join(", ")}${extra} from ${first.name}`;
    }
    case "group": {
      const key = groupable(columns, op.picks[0] ?? 0);
      const value = groupable(columns, op.picks[1] ?? 0);
      return `select ${id(key.name)}, count(*) as ${id(fresh([key], "n"))}, min(${id(value.name)}) as ${id(fresh([key], "least"))}, max(${id(value.name)}) as ${id(fresh([key], "most"))}${extra} from ${first.name} group by ${id(key.name)}`;
    }
    case "join": {
      const [left, right] = [at(columns, 0), at(second.columns, 0)];
      const value = at(second.columns, op.picks[0] ?? 0);
      return `select a.*, b.${id(value.name)} as ${id(fresh(columns, "joined"))}${extra} from ${first.name} a left join (select * from ${second.name} where ${id(right.name)} is not null) b on cast(a.${id(left.name)} as varchar) = cast(b.${id(right.name)} as varchar)`;
    }
  }
}

function groupable(columns: readonly DuckColumn[], place: number): DuckColumn {
  const plain = columns.filter((column) => !isNested(column));
  return at(plain.length === 0 ? columns : plain, place);
}
