/** Examines the clients of a project's configs: whether their settings have values, their directories exist, and their systems answer. */
import { resolve } from "node:path";
import { Diagnosed } from "../../diagnostic/diagnostic.ts";
import type { ClientDeclaration } from "../../engine/config.ts";
import type { Engines } from "../../engine/engines.ts";
import { type EngineRole, engineRoles } from "../../engine/roles.ts";
import { declaredDependencies } from "../../graph/build.ts";
import { directoryState } from "../../io/machine.ts";
import { type Project, resourcesOf } from "../../project/project.ts";
import type { ConfigResource } from "../../project/resource.ts";
import { environmentName, variableName } from "../../project/variables.ts";
import type { Manifest } from "../../provider/contract.ts";
import type { EngineSource } from "../../provider/engine-source.ts";
import { ProviderError } from "../../provider/error.ts";
import type { Finding } from "../../view/doctor.ts";
import type { CommandWorld } from "../command-world.ts";

/** What examining clients needs. */
export interface ClientExamination {
  readonly world: CommandWorld;
  readonly project: Project;
  readonly engines: EngineSource;
  readonly lookup: (name: string) => string | undefined;
}

/** Findings about every client of every config. A problem of a config that nothing uses is only a warning. */
export async function examineClients(options: ClientExamination): Promise<readonly Finding[]> {
  const used = usedConfigs(options.project);
  const found = resourcesOf(options.project, "config").map(async (config) => {
    const findings = await examineConfig(options, config);
    return used.has(config.address) ? findings : findings.map(forUnused);
  });
  return (await Promise.all(found)).flat();
}

/** The configs that resources name, and the default one. */
function usedConfigs(project: Project): ReadonlySet<string> {
  const used = new Set([`config.${project.settings.defaultConfig ?? ""}`]);
  for (const resource of project.resources.values())
    for (const address of declaredDependencies(project, resource)) used.add(address);
  return used;
}

const forUnused = (finding: Finding): Finding =>
  finding.status === "fail"
    ? { ...finding, status: "warn", detail: `${finding.detail} Nothing uses this config.` }
    : finding;

async function examineConfig(options: ClientExamination, config: ConfigResource): Promise<readonly Finding[]> {
  const clients = Object.values(config.clients).filter((client) => rolesOf(config, client).length > 0);
  const findings = clients.flatMap((client) => examineSettings(options, config, client));
  if (findings.some((finding) => finding.status === "fail")) return findings;
  return [...findings, ...(await examineReach(options, config, clients))];
}

const rolesOf = (config: ConfigResource, client: ClientDeclaration): readonly EngineRole[] =>
  engineRoles.filter((role) => config.engines[role] === client.name);

const subjectOf = (config: ConfigResource, client: ClientDeclaration) => `${config.address} ${client.name}`;

function examineSettings(
  { world, project, lookup }: ClientExamination,
  config: ConfigResource,
  client: ClientDeclaration,
): readonly Finding[] {
  const subject = subjectOf(config, client);
  const manifest = world.registry.get(client.provider)?.manifest;
  if (manifest === undefined) {
    const detail = `This version of Mason has no provider "${client.provider}". Use a version that has it, or another client.`;
    return [{ status: "fail", subject, detail }];
  }
  const values = Object.values(client.configuration);
  const names = values.flatMap((value) => environmentName(value) ?? []).filter((name) => lookup(name) === undefined);
  const variables = values
    .flatMap((value) => variableName(value) ?? [])
    .filter((name) => project.settings.variables.get(name)?.value === undefined);
  const missing = [...names.map((name) => `{{${name}}}`), ...variables.map((name) => `\${var.${name}}`)];
  if (missing.length > 0) {
    const detail = `No value for ${missing.join(", ")}. Set ${names.length > 0 ? "it in the environment or in .env" : "it with --var or MASON_VAR_<name>"}.`;
    return [{ status: "fail", subject, detail }];
  }
  return examineDirectories({ world, project, lookup }, manifest, client, subject);
}

function examineDirectories(
  { project, lookup }: Omit<ClientExamination, "engines">,
  manifest: Manifest,
  client: ClientDeclaration,
  subject: string,
): readonly Finding[] {
  return Object.entries(manifest.settings).flatMap(([name, setting]): readonly Finding[] => {
    if (setting.type !== "path" || setting.secret === true) return [];
    const written = client.configuration[name] ?? setting.default;
    const given = environmentName(written);
    const value =
      given === null ? (project.settings.variables.get(variableName(written) ?? "")?.value ?? written) : lookup(given);
    if (typeof value !== "string") return [];
    const path = resolve(project.root, value);
    return [directoryFinding(subject, `${name} "${given === null ? path : `{{${given}}}`}"`, path)];
  });
}

function directoryFinding(subject: string, named: string, path: string): Finding {
  switch (directoryState(path)) {
    case "writable":
      return { status: "ok", subject, detail: `${named} can be written` };
    case "parent":
      return {
        status: "warn",
        subject,
        detail: `${named} does not exist yet. The first write creates it; check the path if it should exist already.`,
      };
    case "read-only":
      return {
        status: "fail",
        subject,
        detail: `${named} can't be written. Change its permissions, or choose another directory.`,
      };
    case "no-directory":
      return { status: "fail", subject, detail: `${named} is not a directory. Choose another path.` };
    case "impossible":
      return {
        status: "fail",
        subject,
        detail: `${named} does not exist and can't be created. Choose another path, or create it.`,
      };
  }
}

async function examineReach(
  { world, engines }: ClientExamination,
  config: ConfigResource,
  clients: readonly ClientDeclaration[],
): Promise<readonly Finding[]> {
  let made: Engines;
  try {
    made = await engines.ofConfig(config);
  } catch (thrown) {
    if (!(thrown instanceof Diagnosed)) throw thrown;
    return [
      { status: "fail", subject: config.address, detail: thrown.diagnostics.map((each) => each.detail).join(" ") },
    ];
  }
  const found = clients.map(async (client): Promise<Finding> => {
    const subject = subjectOf(config, client);
    const roles = rolesOf(config, client);
    try {
      for (const role of roles) await withinTime(world, probe(made, role, engines.recordOf(config, role)?.manifest));
      return { status: "ok", subject, detail: `answers as ${roles.join(", ")}` };
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      return {
        status: "fail",
        subject,
        detail: `${thrown.message.replace(/\.?$/, ".")} Check its settings, the network, and what the account may do.`,
      };
    }
  });
  return Promise.all(found);
}

const absent = "mason_doctor";

/** Asks for something that does not exist: the cheapest question that needs the system to answer and the right to ask it. */
async function probe(engines: Engines, role: EngineRole, manifest: Manifest | undefined): Promise<unknown> {
  switch (role) {
    case "storage":
      return engines.storage?.stat(absent);
    case "metastore":
      return engines.metastore?.getDatabase(absent);
    case "execution":
      return manifest?.execution?.detached === true ? engines.execution?.getJob(absent) : null;
    case "scheduler":
      return engines.scheduler?.getRegistration?.(absent);
  }
}

const patienceMs = 15_000;

async function withinTime(world: CommandWorld, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const late = world.clock.sleep(patienceMs, stop.signal).then(() => {
    if (!stop.signal.aborted)
      throw new ProviderError("unavailable", `There was no answer within ${patienceMs / 1000} seconds.`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
