/** Makes text from users and other systems safe to print: it can't move the cursor, and can't hide or reorder the text around it. */

// Control characters, invisible and direction-changing ones, halves of surrogate pairs, line and paragraph separators.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const printable = /^[\x20-\x7e]*$/;

/** One line with every unprintable character spelled out as `\u{1b}`; tabs too. */
export const visible = (text: string): string =>
  // Nearly all text is plain ASCII, and this test is much faster than the Unicode classes.
  printable.test(text)
    ? text
    : text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** Several lines, each made visible; line feeds stay, a tab becomes a blank. */
export const visibleLines = (text: string): readonly string[] =>
  text.split(/\r?\n/).map((line) => visible(line.replaceAll("\t", " ")));

const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]$/u;

/** The terminal columns that one character takes: 2 for East Asian wide ones and emoji, 0 for combining marks, else 1. */
export function columnsOf(character: string): number {
  if (character < "\u0300") return 1;
  return /^\p{M}$/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
}
