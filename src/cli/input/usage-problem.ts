/** One sentence about a wrong command line, made from oclif's error of several lines. */
import type { Errors } from "@oclif/core";
import { didYouMean } from "../../diagnostic/did-you-mean.ts";

/** The fields of oclif's RequiredArgsError, NonExistentFlagsError and UnexpectedArgsError that matter here. */
interface ParseProblem {
  readonly args?: readonly (string | { readonly name: string })[];
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

/** The sentence. */
export function usageProblem(thrown: Errors.CLIError): string {
  const { args = [], flags = [], parse } = thrown as ParseProblem;
  const { message } = thrown;
  if (/^Missing \d+ required arg/.test(message))
    return `It needs ${listed(args.map((arg) => (typeof arg === "string" ? arg : arg.name).toUpperCase()))}.`;
  if (message.startsWith("Unexpected argument"))
    return `It does not take ${listed(args.map((arg) => `"${String(arg)}"`))}.`;
  if (message.startsWith("Nonexistent flag")) {
    const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
    return `There is no flag ${listed(flags.map((flag) => `"${flag}"`))} here.${didYouMean(flags[0] ?? "", known)}`;
  }
  const [said = ""] = message.split(/\n\s*See more help/);
  return said
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^Parsing (\S+) /, "$1: ")
    .replace(/\.?$/, ".");
}

const listed = (names: readonly string[]): string => names.join(" and ");
