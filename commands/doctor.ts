import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";

/** `mason doctor`: what is installed, reachable, allowed. */
export default class Doctor extends MasonCommand {
  static override summary = "Check what is installed, reachable and allowed";
  static override description =
    "It changes nothing and never prints the value of a secret. It exits with 1 if a check failed.";
  static override examples = [
    "<%= config.bin %> doctor -C examples/quickstart",
    "<%= config.bin %> doctor -C examples/quickstart --json",
  ];

  protected async execute(): Promise<number> {
    const { flags } = await this.parse(Doctor);
    const terminal = this.terminal(flags);
    const { examine } = await import("../src/command/doctor/doctor.ts");
    const { doctorJson, doctorText } = await import("../src/view/doctor.ts");
    const findings = await examine(this.world(flags, providers), {
      version: process.versions.node,
      range: this.config.pjson.engines?.node ?? ">=20",
    });
    terminal.print(doctorText(findings, terminal));
    terminal.printJson(doctorJson(findings));
    return findings.some((finding) => finding.status === "fail") ? 1 : 0;
  }
}
