/** The text of `mason init`: the written files and the next steps. */
import { visible } from "../../diagnostic/visible.ts";

/** The text. `directory` is as the user named it, or `null` for the current one. */
export function initText(done: {
  readonly written: readonly string[];
  readonly kept: readonly string[];
  readonly directory: string | null;
}): string {
  const dir = done.directory === null ? "" : ` ${quotedWord(done.directory)}`;
  return [
    ...done.written.map((path) => `  + ${visible(path)}`),
    ...done.kept.map((path) => `    ${visible(path)}  (exists, left unchanged)`),
    ...(done.kept.includes(".gitignore") ? ["", 'Add ".mason/" to .gitignore: it contains caches and logs.'] : []),
    "",
    `"mason plan${dir}" shows what would happen, and "mason apply${dir}" does it.`,
  ].join("\n");
}

/** The word, quoted for a shell if needed. */
const quotedWord = (word: string): string =>
  /^[\w./@:+-]+$/.test(word) ? word : `'${visible(word).replaceAll("'", "'\\''")}'`;
