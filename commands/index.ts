/** The commands by name: what oclif looks a command up in. */
import Apply from "./apply.ts";
import Destroy from "./destroy.ts";
import Plan from "./plan.ts";

export const COMMANDS = {
  apply: Apply,
  destroy: Destroy,
  plan: Plan,
};
