import { Args } from "@oclif/core";
import { providers } from "../providers/index.ts";
import { MasonCommand } from "../src/cli/base.ts";
import { fail } from "../src/diagnostic/diagnostic.ts";
import { didYouMean } from "../src/diagnostic/did-you-mean.ts";
import type { JsonObject } from "../src/json.ts";

/** `mason schema`: the JSON Schemas of what Mason reads and writes, for editors and other programs. */
export default class Schema extends MasonCommand {
  static override summary = "Print the JSON Schema of one kind of document, of all kinds, or of Mason's output";
  static override examples = ["<%= config.bin %> schema deployment", "<%= config.bin %> schema > mason.schema.json"];
  static override args = {
    kind: Args.string({
      description:
        "A kind of document (config, ...; project for mason.yaml), or an output of Mason: plan, event, state",
    }),
  };

  protected async execute(): Promise<number> {
    const { args, flags } = await this.parse(Schema);
    const terminal = this.terminal(flags);
    const { knownNames } = await import("../src/command/schema.ts");
    const { allSchemas, editorSchemas } = await import("../src/view/project/editor-schema.ts");
    const { outputSchemas } = await import("../src/view/project/schema-json.ts");
    const names = await knownNames(this.world(flags, providers));
    const known: Readonly<Record<string, JsonObject>> = { ...editorSchemas(names), ...outputSchemas };
    const found = Object.entries(known).find(([kind]) => kind === args.kind)?.[1];
    if (args.kind !== undefined && found === undefined) return unknownKind(args.kind, Object.keys(known));
    const schema = found ?? allSchemas(names);
    terminal.print(JSON.stringify(schema, null, 2));
    terminal.printJson(schema);
    return 0;
  }
}

function unknownKind(kind: string, known: readonly string[]): never {
  return fail({
    code: "schema/unknown-kind",
    summary: "Unknown kind of document",
    detail: `"${kind}" is not a kind of document. Name one of ${known.join(", ")}.${didYouMean(kind, known)}`,
  });
}
