/** The dry run of an operator or workflow: types the SQL of its steps over the declared tables. It looks at no system and runs nothing. */
import { operatorAddress, workflowAddress } from "../address.ts";
import { declaredTables } from "../bundle/declared-tables.ts";
import { configsOf, makeBundle } from "../bundle/make-bundle.ts";
import { predictParameters } from "../bundle/predict-parameters.ts";
import { dialectOfConfig } from "../bundle/sql-tables.ts";
import type { Diagnostic } from "../diagnostic/diagnostic.ts";
import { openCache } from "../io/cache.ts";
import type { Table } from "../model/table.ts";
import { allParameters } from "../operator/definition.ts";
import { previewSteps } from "../plan/preview/preview-steps.ts";
import { createWorld, type World } from "../plan/preview/world.ts";
import { type Project, resourcesOf } from "../project/project.ts";
import { locate } from "../project/yaml/locate.ts";
import type { EngineSource } from "../provider/engine-source.ts";
import { settingsPath } from "../validate/body.ts";
import { chooseConfig } from "../validate/engines.ts";
import type { CommandWorld } from "./command-world.ts";
import { blindEngines, embeddedEngines, isEmbedded } from "./project/embedded-engines.ts";
import type { Loaded } from "./project/load-project.ts";
import type { CheckedRequest, RunRequest } from "./run.ts";

/** What would fail in the SQL of a checked request, located. */
export async function dryRun(
  world: CommandWorld,
  loaded: Loaded,
  request: RunRequest,
  { body }: CheckedRequest,
): Promise<readonly Diagnostic[]> {
  const { project, masonDirectory } = loaded;
  const { namespace, command, type } = request.target;
  const address = type === "operator" ? operatorAddress(namespace, command) : workflowAddress(namespace, command);
  const live = embeddedEngines(world, project);
  const engines = blindEngines(live);
  try {
    const cache = openCache(masonDirectory, "sql", false);
    const config = request.configId === undefined ? {} : { configId: request.configId };
    const bundle = makeBundle(project, body, { address, timezone: "UTC", ...config }, new Map(), engines);
    const all = [...configsOf(project, bundle.steps)];
    const configs = new Map(all.filter(([, config]) => isEmbedded(engines, config)));
    const { diagnostics } = await previewSteps(bundle, {
      world: declaredWorld(
        project,
        engines,
        createWorld(
          engines,
          cache,
          declaredTables(project, engines, async () => 0),
        ),
      ),
      configs,
      predicted: predictParameters(bundle, ({ configId }) => {
        const config = configs.get(configId);
        return config === undefined ? null : dialectOfConfig(engines, config);
      }),
      builtin: (namespace, command) => project.builtins.get(operatorAddress(namespace, command)) ?? null,
      placeOf: (step, parameter) =>
        request.placeOf([
          ...(settingsPath(request, step) ?? []),
          "parameters",
          ...(parameter === undefined ? [] : [parameter]),
        ]),
    });
    cache.save();
    // Other steps need to look at data before anything can be said.
    const sql = new Set(
      bundle.steps.flatMap(({ id, operator }) =>
        operator.work.kind === "sql" || allParameters(operator).some((spec) => spec.type === "sql")
          ? [`${address}/${id}`]
          : [],
      ),
    );
    const found = diagnostics.filter((problem) => sql.has(problem.address ?? ""));
    return locate(found, (file) => request.textOf(file) ?? project.textOf(file));
  } finally {
    await live.close();
  }
}

/** The world with the declared tables in it. */
function declaredWorld(project: Project, engines: EngineSource, world: World): World {
  for (const resource of resourcesOf(project, "table")) {
    const chosen = chooseConfig(project, resource.configId);
    if ("problem" in chosen) continue;
    const { database, name, format, columns, partitions, location } = resource;
    const table: Table = { database, name, format, columns, partitions, location, catalogued: true };
    if (isEmbedded(engines, chosen.config)) world.make(chosen.config, [{ table }]);
  }
  return world;
}
