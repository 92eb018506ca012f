/** The commands by name: what oclif looks a command up in. */
import Apply from "./apply.ts";
import Config from "./config.ts";
import Destroy from "./destroy.ts";
import Doctor from "./doctor.ts";
import Fmt from "./fmt.ts";
import Get from "./get.ts";
import Graph from "./graph.ts";
import Init from "./init.ts";
import Plan from "./plan.ts";
import RunDeployment from "./run/deployment.ts";
import RunOperator from "./run/operator.ts";
import RunWorkflow from "./run/workflow.ts";
import RunsList from "./runs/list.ts";
import RunsLogs from "./runs/logs.ts";
import RunsShow from "./runs/show.ts";
import Schema from "./schema.ts";
import Show from "./show.ts";
import StateHistory from "./state/history.ts";
import StateImport from "./state/import.ts";
import StateList from "./state/list.ts";
import StateMigrate from "./state/migrate.ts";
import StateMv from "./state/mv.ts";
import StatePull from "./state/pull.ts";
import StatePush from "./state/push.ts";
import StateRm from "./state/rm.ts";
import StateShow from "./state/show.ts";
import StateUnlock from "./state/unlock.ts";
import ValidateOperator from "./validate/operator.ts";
import ValidateWorkflow from "./validate/workflow.ts";
import Validate from "./validate.ts";

export const COMMANDS = {
  apply: Apply,
  config: Config,
  destroy: Destroy,
  plan: Plan,
  doctor: Doctor,
  fmt: Fmt,
  get: Get,
  graph: Graph,
  init: Init,
  "run:deployment": RunDeployment,
  "run:operator": RunOperator,
  "run:workflow": RunWorkflow,
  "runs:list": RunsList,
  "runs:logs": RunsLogs,
  "runs:show": RunsShow,
  schema: Schema,
  show: Show,
  "state:history": StateHistory,
  "state:import": StateImport,
  "state:migrate": StateMigrate,
  "state:mv": StateMv,
  "state:pull": StatePull,
  "state:push": StatePush,
  "state:rm": StateRm,
  "state:unlock": StateUnlock,
  "state:list": StateList,
  "state:show": StateShow,
  validate: Validate,
  "validate:operator": ValidateOperator,
  "validate:workflow": ValidateWorkflow,
};
