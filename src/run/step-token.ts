/** Names of the tries of a step, by which engines find their jobs again and by which what a try left is known. */

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9-]+/g, "-");

const stepPart = (run: string, step: string): string =>
  plain(`${run}-${step.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-`);

/** Names a try: the same for the same try. */
export const stepToken = (run: string, step: string, attempt: number, count: number): string =>
  `${stepPart(run, step)}${attempt}-${count}`;

/** Whether a token names a try of the step in that run. */
export function isTokenOf(run: string, step: string): (token: string) => boolean {
  const part = stepPart(run, step);
  return (token) => token.startsWith(part) && /^\d+-\d+$/.test(token.slice(part.length));
}
