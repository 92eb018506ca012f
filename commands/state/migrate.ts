import { Flags } from "@oclif/core";
import { providers } from "../../providers/index.ts";
import { MasonCommand } from "../../src/cli/base.ts";

/** `mason state migrate`: moves the state to the backend that mason.yaml names now. */
export default class StateMigrate extends MasonCommand {
  static override summary = "Move the state to the backend that mason.yaml now names";
  static override examples = ["<%= config.bin %> state migrate -C examples/quickstart"];
  static override flags = { "auto-approve": Flags.boolean({ default: false, description: "Do not ask for approval" }) };

  protected async execute(): Promise<number> {
    const { flags } = await this.parse(StateMigrate);
    const terminal = this.terminal(flags);
    const { openState } = await import("../../src/command/state/open-state.ts");
    const { migrateState, plannedMigration } = await import("../../src/command/state/migrate.ts");
    const { ask } = await import("../../src/cli/output/approve.ts");
    const world = this.world(flags, providers);
    const { project } = await openState(world);
    const migration = await plannedMigration(world, project);
    if (migration === null) {
      terminal.note("The state is already where mason.yaml says.");
      terminal.printJson({ from: null, to: null, serial: null });
      return 0;
    }
    const question = `Move the state with serial ${migration.state.serial} from "${migration.from.name}" to "${migration.to.name}"?`;
    if (!flags["auto-approve"] && !(await ask(terminal, question, "mason state migrate --auto-approve"))) return 1;
    await migrateState(world, project, migration);
    terminal.note(`The state is now in "${migration.to.name}". "${migration.from.name}" is left unchanged.`);
    terminal.printJson({ from: migration.from.name, to: migration.to.name, serial: migration.state.serial });
    return 0;
  }
}
