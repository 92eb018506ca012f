/** Names of the tries of a step, by which engines find their jobs again and by which what a try left is known. */
import { sha256 } from "../json.ts";

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9-]+/g, "-");

/** Steps whose ids differ only in other letters than a token may have are told apart by a digest. */
function stepPart(run: string, step: string): string {
  const name = plain(step);
  const digest = name === step ? "" : `-${sha256(step).slice(0, 8)}`;
  return `${plain(run)}-${name}${digest}-`;
}

/** Names a try: the same for the same try. */
export const stepToken = (run: string, step: string, attempt: number, count: number): string =>
  `${stepPart(run, step)}${attempt}-${count}`;

/** Whether a token names a try of the step in that run. */
export function isTokenOf(run: string, step: string): (token: string) => boolean {
  const part = stepPart(run, step);
  return (token) => token.startsWith(part) && /^\d+-\d+$/.test(token.slice(part.length));
}
