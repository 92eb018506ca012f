/** What `mason init` wrote, and what to do next. */
import { visible } from "../../diagnostic/visible.ts";

/** The lines; `directory` as it was named, or `null` for the current one. */
export function initText(done: {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly directory: string | null;
}): string {
  const dir = done.directory === null ? "" : ` ${quotedWord(done.directory)}`;
  return [
    ...done.written.map((path) => `  + ${visible(path)}`),
    ...done.kept.map((path) => `    ${visible(path)}  (was there, left as it is)`),
    ...(done.kept.includes(".gitignore") ? ["", 'Add ".mason/" to .gitignore: it holds caches and logs.'] : []),
    "",
    `See what would happen with "mason plan${dir}", and make it so with "mason apply${dir}".`,
  ].join("\n");
}

/** A word as a shell takes it. */
const quotedWord = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`;
