/** Every deployment runs something that exists, with a config and parameters that fit, at times that make sense. */
import { type Diagnostic, type Place, warning } from "../../diagnostic/diagnostic.ts";
import { findWorkflow, resourcesOf } from "../../project/project.ts";
import { type DeploymentResource, placeIn } from "../../project/resource.ts";
import { problemAt } from "../../project/yaml/problem-at.ts";
import { startInstant } from "../../schedule/calendar.ts";
import { parseCron } from "../../schedule/cron.ts";
import { parseDuration } from "../../schedule/duration.ts";
import { isTimezone } from "../../schedule/timezone.ts";
import { chooseConfig, providerOf } from "../engines.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { badCron, unsupportedScheduler } from "../schedule-problems.ts";
import { droppedSteps } from "../strict.ts";

export const deployments: Rule = (context) =>
  resourcesOf(context.project, "deployment").flatMap((deployment) => [
    ...checkTargetFields(deployment),
    ...checkBodyOf(context, deployment),
    ...checkTimes(deployment),
    ...checkScheduler(context, deployment),
  ]);

function checkTargetFields(deployment: DeploymentResource): readonly Diagnostic[] {
  if (deployment.target.command === "") {
    return [
      problemAt(deployment, ["name"], {
        code: "deployment/no-target",
        summary: "Deployment runs nothing",
        detail: `Deployment "${deployment.name}" names no workflow and no operator. Add "workflow: NAMESPACE:COMMAND" or "operator: NAMESPACE:COMMAND".`,
      }),
    ];
  }
  if (deployment.target.type === "operator" && Object.keys(deployment.steps).length > 0) {
    return [
      problemAt(deployment, ["steps"], {
        code: "deployment/steps-of-operator",
        summary: "Steps given to an operator",
        detail: `Deployment "${deployment.name}" runs an operator, which has no steps. Put its values under "parameters".`,
      }),
    ];
  }
  if (deployment.target.type === "workflow" && Object.keys(deployment.parameters).length > 0) {
    return [
      problemAt(deployment, ["parameters"], {
        code: "deployment/parameters-of-workflow",
        summary: "Parameters given to a workflow",
        detail: `Deployment "${deployment.name}" runs a workflow. Put values under its steps: "steps: { STEP: { parameters: ... } }".`,
      }),
    ];
  }
  return [];
}

function checkBodyOf(context: RuleContext, deployment: DeploymentResource): readonly Diagnostic[] {
  if (deployment.target.command === "") return [];
  const body = context.bodyOf(deployment);
  if (body.general.length > 0)
    return body.general.map((diagnostic) => ({ ...diagnostic, address: deployment.address }));
  // A workflow's own mistakes are reported once, at its declaration; here only those that this deployment adds.
  const own = body.problems.filter(({ diagnostic: { place } }) => place === undefined || isIn(deployment, place));
  if (deployment.strict)
    return own.map(({ step, diagnostic }) => ({ ...diagnostic, address: `${deployment.address}/${step}` }));
  const dropped = droppedSteps(body);
  const place = placeIn(deployment, ["strict"]);
  return [...dropped].map(([step, why]) =>
    warning({
      code: "deployment/step-dropped",
      summary: "Invalid step dropped",
      detail: `Step "${step}" of deployment "${deployment.name}" is dropped because "strict" is false: ${why}`,
      address: `${deployment.address}/${step}`,
      ...(place === undefined ? {} : { place }),
    }),
  );
}

const isIn = ({ origin }: DeploymentResource, place: Place): boolean =>
  place.file === origin?.file && (!("document" in place) || place.document === origin.document);

function checkTimes(deployment: DeploymentResource): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  if (deployment.schedule !== undefined) {
    const cron = parseCron(deployment.schedule);
    if (!cron.ok) found.push(problemAt(deployment, ["schedule"], badCron(deployment.schedule, cron.message)));
  }
  if (!isTimezone(deployment.timezone))
    found.push(
      problemAt(deployment, ["timezone"], {
        code: "schedule/unknown-timezone",
        summary: "Unknown time zone",
        detail: `"${deployment.timezone}" is not a time zone. Write an IANA name like "Europe/Paris".`,
      }),
    );
  if (deployment.timeout !== undefined && parseDuration(deployment.timeout) === null)
    found.push(
      problemAt(deployment, ["timeout"], {
        code: "deployment/bad-timeout",
        summary: "Invalid duration",
        detail: `"${deployment.timeout}" is not a duration. Write one like "90s", "30m", "2h" or "1h30m".`,
      }),
    );
  if (deployment.start !== undefined && startInstant(deployment.start, deployment.timezone) === null)
    found.push(
      problemAt(deployment, ["start"], {
        code: "schedule/bad-start",
        summary: "Invalid start",
        detail: `"${deployment.start}" is not a date. Write one like 2026-01-31.`,
      }),
    );
  return found;
}

function checkScheduler({ project, registry }: RuleContext, deployment: DeploymentResource): readonly Diagnostic[] {
  const chosen = chooseConfig(project, deployment.configId);
  // Each step has reported a missing config already.
  if ("problem" in chosen) return [];
  const found = providerOf(chosen.config, "scheduler", registry);
  if ("problem" in found)
    return [
      problemAt(deployment, ["config_id"], {
        ...found.problem,
        detail: `Deployment "${deployment.name}" needs a scheduler. ${found.problem.detail}`,
      }),
    ];
  const { manifest } = found.provider;
  const workflow =
    deployment.target.type === "workflow"
      ? findWorkflow(project, deployment.target.namespace, deployment.target.command)
      : null;
  const supported = workflow?.supportedSchedulers ?? [];
  if (supported.length > 0 && !supported.includes(manifest.name)) {
    return [
      problemAt(
        deployment,
        ["config_id"],
        unsupportedScheduler(
          { workflow: deployment.target, supported, configId: chosen.config.id, scheduler: manifest.name },
          "Choose another config.",
        ),
      ),
    ];
  }
  if (manifest.scheduler?.mode !== "runs" || deployment.schedule === undefined) return [];
  const place = placeIn(deployment, ["schedule"]);
  return [
    warning({
      code: "schedule/runs-on-apply",
      summary: "Schedule not kept",
      detail: `The scheduler "${manifest.name}" starts no runs by itself: a deployment runs when it is applied, and not at the times of "${deployment.schedule}". Only "mason run deployment ${deployment.name} --from DATE --to DATE" uses them. Start that command from cron or the like, or remove the schedule if you don't need it.`,
      address: deployment.address,
      ...(place === undefined ? {} : { place }),
    }),
  ];
}
