/** No command takes an argument from standard input: each is parsed without arguments, with a line waiting there. */
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { COMMANDS } from "../../commands/index.ts";

const stdin = Object.getOwnPropertyDescriptor(process, "stdin") as PropertyDescriptor;
let waiting: Readable;
beforeEach(() => {
  waiting = Readable.from(["b\n"]);
  Object.defineProperty(process, "stdin", { value: waiting, configurable: true });
});
afterEach(() => {
  Object.defineProperty(process, "stdin", stdin);
});

interface Parses {
  parse(input: unknown, argv: readonly string[]): Promise<{ readonly args: Readonly<Record<string, unknown>> }>;
}

const withArguments = Object.entries(COMMANDS).filter(([, command]) => Object.keys(command.args ?? {}).length > 0);

it.each(withArguments)("%s", async (_, command) => {
  const config = await Config.load(fileURLToPath(new URL("../..", import.meta.url)));
  const parses = new command([], config) as unknown as Parses;
  const requires = Object.values(command.args).some((argument) => argument.required === true);
  const parsed = parses.parse(command, []).then(({ args }) => Object.values(args));
  if (requires) await expect(parsed).rejects.toThrow("Missing");
  else expect(await parsed).not.toContain("b");
  expect(waiting.readableDidRead).toBe(false);
});
