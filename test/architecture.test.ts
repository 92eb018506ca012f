import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** A file of ours with what it imports. */
interface Source {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Paths of our files that it imports, and names of packages and of `node:` modules. */
  readonly imports: readonly { readonly to: string; readonly isType: boolean }[];
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(join(root, directory), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.includes("node_modules/") && !path.endsWith(".d.ts"));
}

const importPattern = /^\s*(import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm;

function sourceAt(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const imports = [...text.matchAll(importPattern)].map((match) => {
    const name = match[3] ?? match[4] ?? "";
    const to = name.startsWith(".") ? join(dirname(path), name).split(sep).join("/") : name;
    return { to, isType: match[2] !== undefined };
  });
  return { path, text, imports };
}

const sources = ["src", "commands", "providers"].flatMap(filesBelow).sort().map(sourceAt);
const isOurs = (to: string) => /^(src|commands|providers)\//.test(to);
const packageOf = (to: string) =>
  to
    .split("/")
    .slice(0, to.startsWith("@") ? 2 : 1)
    .join("/");

/** `src/plan` of `src/plan/plan.ts`; the file itself for those directly in src. */
const folderOf = (path: string): string => {
  const parts = path.split("/");
  return parts.length > 2 ? parts.slice(0, 2).join("/") : path;
};

/** What each file of ours imports of ours, types included. */
const importGraph = () =>
  new Map(sources.map(({ path, imports }) => [path, imports.flatMap(({ to }) => (isOurs(to) ? [to] : []))]));

/** Breaches as lines, so that a failure names every one of them. */
const breaches = (find: (source: Source) => readonly string[]) =>
  sources.flatMap((source) => find(source).map((line) => `${source.path}: ${line}`));

/**
 * The order inside src. A folder may import those of lower levels and of its own; type imports count like all others.
 */
const levels: readonly (readonly string[])[] = [
  ["src/diagnostic", "src/address.ts", "src/json.ts", "src/invariant.ts", "src/model"],
  ["src/engine", "src/job", "src/schedule"],
  ["src/provider", "src/sql", "src/catalog"],
  ["src/operator", "src/project"],
  ["src/graph", "src/validate"],
  ["src/bundle"],
  ["src/state", "src/facts", "src/step"],
  ["src/plan"],
  ["src/apply"],
  ["src/view", "src/io"],
  ["src/command"],
  ["src/cli"],
  ["src/index.ts"],
];
const levelOf = new Map(levels.flatMap((folders, level) => folders.map((folder) => [folder, level] as const)));

test("every folder of src has its level", () => {
  const folders = new Set(sources.map(({ path }) => folderOf(path)).filter((folder) => folder.startsWith("src/")));
  expect([...folders].filter((folder) => !levelOf.has(folder))).toEqual([]);
});

test("folders of src import only folders of their own level and below", () => {
  const found = breaches(({ path, imports }) =>
    imports.flatMap(({ to }) => {
      const [from, into] = [folderOf(path), folderOf(to)];
      const [own, other] = [levelOf.get(from), levelOf.get(into)];
      if (own === undefined || other === undefined || other <= own) return [];
      return [`imports ${to}, which is above it`];
    }),
  );
  expect(found).toEqual([]);
});

test("no file imports itself by a detour, types included", () => {
  const graph = importGraph();
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    for (const to of graph.get(path) ?? []) visit(to, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of graph.keys()) visit(path, []);
  expect(found).toEqual([]);
});

test("every imported file exists, with its ending", () => {
  const known = new Set(sources.map(({ path }) => path));
  const found = breaches(({ imports }) =>
    imports.flatMap(({ to }) => (isOurs(to) && !known.has(to) && !to.includes("/generated/") ? [`imports ${to}`] : [])),
  );
  expect(found).toEqual([]);
});

test("nobody imports commands, src imports no provider, and only commands and cli import cli", () => {
  const found = breaches(({ path, imports }) =>
    imports.flatMap(({ to }) => {
      if (!path.startsWith("commands/") && to.startsWith("commands/")) return [`imports ${to}`];
      if (path.startsWith("commands/") && to.startsWith("providers/") && to !== "providers/index.ts")
        return [`imports ${to}`];
      if (path.startsWith("src/") && /^(commands|providers)\//.test(to)) return [`imports ${to}`];
      if (!path.startsWith("src/cli/") && !path.startsWith("commands/") && to.startsWith("src/cli/"))
        return [`imports ${to}`];
      return [];
    }),
  );
  expect(found).toEqual([]);
});

/** Everything that a worker may load to run a step: a bundle, engines and operators, and nothing of how a plan is made. */
const reachedByStep =
  /^src\/(step|bundle|operator|catalog|sql|provider|engine|job|schedule|graph|model|diagnostic)\/|^src\/[a-z]+\.ts$/;

test("src/step reaches nothing of project, validate, facts, state, plan, apply or command, not by a detour either", () => {
  const graph = importGraph();
  const from = new Map<string, string>();
  const open = sources.flatMap(({ path }) => (path.startsWith("src/step/") ? [path] : []));
  for (let path = open.pop(); path !== undefined; path = open.pop())
    for (const to of graph.get(path) ?? [])
      if (!from.has(to) && to.startsWith("src/")) {
        from.set(to, path);
        open.push(to);
      }
  const found = [...from].flatMap(([to, path]) => (reachedByStep.test(to) ? [] : [`${path} imports ${to}`]));
  expect(from.size).toBeGreaterThan(20);
  expect(found).toEqual([]);
});

const mostFlat = 20;

test("no folder has more than 20 flat files", () => {
  const counts = new Map<string, number>();
  for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > mostFlat)).toEqual([]);
});

/** The subfolders of the rooms that have some: a new one is a decision, and stands in ARCHITECTURE.md. */
const subfolders: Readonly<Record<string, readonly string[]>> = {
  "src/apply": ["interrupted"],
  "src/catalog": ["file-metastore", "schema", "schema/csv", "schema/json", "schema/parquet"],
  "src/cli": ["command", "input", "output"],
  "src/command": ["doctor", "project", "state"],
  "src/io": ["module", "state"],
  "src/operator": ["database", "declared", "job", "partition", "register", "schedule", "sink", "source", "table"],
  "src/plan": ["drift", "file", "kinds", "preview", "stops"],
  "src/project": ["schemas", "yaml"],
  "src/sql": ["dialects", "dialects/duckdb", "dialects/duckdb/jobs", "dialects/trino", "jobs", "print"],
  "src/validate": ["rules"],
  "src/view": ["apply", "graph", "plan", "project", "run", "state"],
};

test("the rooms of src have the subfolders that are written down", () => {
  const found = new Map<string, Set<string>>();
  for (const { path } of sources.filter(({ path }) => path.startsWith("src/"))) {
    const parts = dirname(path).split("/").slice(2);
    const names = found.get(folderOf(path)) ?? new Set();
    parts.forEach((_, at) => {
      names.add(parts.slice(0, at + 1).join("/"));
    });
    if (parts.length > 0) found.set(folderOf(path), names);
  }
  expect(Object.fromEntries([...found].map(([folder, names]) => [folder, [...names].sort()]))).toEqual(subfolders);
});

/** Modules of Node outside of io, cli and providers: each pure, or a part of an orchestrator. */
const nodeModules: Readonly<Record<string, readonly string[]>> = {
  // Digests are pure.
  "src/json.ts": ["node:crypto"],
};

test("only src/io, src/cli, commands and providers touch the machine", () => {
  const isFree = (path: string) => /^(src\/io|src\/cli|commands|providers)\//.test(path);
  const found = breaches(({ path, imports, text }) => {
    if (isFree(path)) return [];
    const inRun = path.startsWith("src/command/");
    const known = [...(nodeModules[path] ?? []), ...(inRun ? ["node:path"] : [])];
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g, "");
    return [
      ...imports.flatMap(({ to }) => (to.startsWith("node:") && !known.includes(to) ? [`imports ${to}`] : [])),
      ...(/\bprocess\./.test(code) ? ["uses process"] : []),
      ...(/\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\./.test(code)
        ? ["reads a clock or chance"]
        : []),
      ...(/\bsetTimeout\(|\bsetInterval\(/.test(code) ? ["waits"] : []),
      ...(/\bconsole\./.test(code) ? ["prints"] : []),
    ];
  });
  expect(found).toEqual([]);
});

/** Packages by who may import them; those that are not named here are free for all of src. */
const packages: Readonly<Record<string, RegExp>> = {
  "@oclif/core": /^(src\/cli|commands)\//,
  listr2: /^src\/cli\//,
  "@polyglot-sql/sdk": /^providers\/support\/sql-parser\//,
  "@duckdb/node-api": /^providers\/local\//,
  esbuild: /^src\/io\//,
  ignore: /^src\/io\//,
  "js-yaml": /^src\/project\//,
  yaml: /^src\/(project|io|cli)\//,
};

test("packages are imported where they belong, and are dependencies", () => {
  const declared = { ...packageJson.dependencies, ...packageJson.optionalDependencies };
  const found = breaches(({ path, imports }) =>
    imports.flatMap(({ to }) => {
      if (isOurs(to) || to.startsWith("node:")) return [];
      const name = packageOf(to);
      if (declared[name] === undefined) return [`imports ${name}, which is no dependency`];
      if (/^@(aws-sdk|smithy)\//.test(name) && !path.startsWith("providers/")) return [`imports ${name}`];
      return packages[name]?.test(path) === false ? [`imports ${name}`] : [];
    }),
  );
  expect(found).toEqual([]);
});

test("a provider imports the contract and its own SDK, and no other provider", () => {
  const found = breaches(({ path, imports }) => {
    const own = /^providers\/([^/]+)\//.exec(path)?.[1];
    if (own === undefined) return [];
    return imports.flatMap(({ to }) => {
      const other = /^providers\/([^/]+)\//.exec(to)?.[1];
      if (other !== undefined && other !== own && other !== "support") return [`imports ${to}`];
      return /^src\/(command|step|facts|bundle|io|cli|view|plan|apply|state|validate|project)\//.test(to)
        ? [`imports ${to}`]
        : [];
    });
  });
  expect(found).toEqual([]);
});

test("manifests load no SDK", () => {
  const manifests = sources.filter(({ path }) => /^providers\/[^/]+\/manifest\.ts$/.test(path));
  expect(manifests.length).toBeGreaterThan(1);
  const found = manifests.flatMap(({ path, imports }) =>
    imports.flatMap(({ to }) => (isOurs(to) || to.startsWith("node:") ? [] : [`${path}: imports ${to}`])),
  );
  expect(found).toEqual([]);
});

test("src/index.ts is the only file that passes on what others export", () => {
  const found = breaches(({ path, text }) =>
    path !== "src/index.ts" &&
    /^export \*|^export \{[^}]*\} from "\.\/[^"]+"/m.test(text) &&
    basename(path) === "index.ts"
      ? ["is a barrel"]
      : [],
  );
  expect(found).toEqual([]);
});

test("files have at most 300 lines, command files fewer than 60", () => {
  const found = breaches(({ path, text }) => {
    const lines = text.trimEnd().split("\n").length;
    const most = path.startsWith("commands/") && path !== "commands/index.ts" ? 59 : 300;
    return lines > most ? [`${lines} lines`] : [];
  });
  expect(found).toEqual([]);
});

test("no name says nothing", () => {
  const found = breaches(({ path }) =>
    /(^|[/-])(utils?|helpers?|managers?|handlers?|common-utils|misc)([./-]|$)/.test(path) ? ["name"] : [],
  );
  expect(found).toEqual([]);
});

test("no any, no non-null assertion, no default export but commands, no enum", () => {
  const found = breaches(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g, '""');
    return [
      ...(/[:<,|&=]\s*any\b(?!\s*[(.])|\bas any\b/.test(code) ? ["any"] : []),
      ...(/[\w)\]]!(?=[.;,)\]])/.test(code) ? ["non-null assertion"] : []),
      ...(/^export default/m.test(code) && !path.startsWith("commands/") ? ["default export"] : []),
      ...(/^(export )?(const )?enum /m.test(code) ? ["enum"] : []),
      ...(/@ts-(ignore|nocheck|expect-error)/.test(text) ? ["suppressed type error"] : []),
    ];
  });
  expect(found).toEqual([]);
});

test("every file begins with a sentence about itself, but for commands, whose class has it", () => {
  const found = breaches(({ path, text }) => {
    if (path.startsWith("commands/")) return [];
    return text.startsWith("/**") || /^import [\s\S]*?;\n\n?\/\*\*/.test(text) ? [] : ["begins without one"];
  });
  expect(found).toEqual([]);
});
