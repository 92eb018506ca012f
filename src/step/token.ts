/** Tokens that name the tries of a step. Engines find jobs by them, and they mark what a try left behind. */
import { sha256 } from "../json.ts";

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9-]+/g, "-");

/** The step's part of a token. A digest tells steps apart whose ids differ only in characters that a token can't have. */
function stepPart(run: string, step: string): string {
  const name = plain(step);
  const digest = name === step ? "" : `-${sha256(step).slice(0, 8)}`;
  return `${plain(run)}-${name}${digest}-`;
}

/** The token of a try: always the same for the same try. */
export const stepToken = (run: string, step: string, attempt: number, count: number): string =>
  `${stepPart(run, step)}${attempt}-${count}`;

/** True for tokens that name a try of the step in that run. */
export function isTokenOf(run: string, step: string): (token: string) => boolean {
  const part = stepPart(run, step);
  return (token) => token.startsWith(part) && /^\d+-\d+$/.test(token.slice(part.length));
}
