/**
 * User text inside markdown. Special characters become HTML entities, so no markdown, HTML, link or mention in the text takes effect.
 * Line feeds and control characters are spelled out.
 */
import { visible } from "../../diagnostic/visible.ts";
import { cut } from "../layout.ts";

// The characters with a meaning in CommonMark, its extensions or HTML, also inside code tags; colon and dot only where a link would begin.
const special = /[&<>`*_~|\\[\]#@$]|:(?=\/\/)|(?<=www)\./gi;

const entity = (character: string) => `&#${character.codePointAt(0)};`;

/** The text with entities, on one line. */
export const escapeMarkdown = (text: string, most = 300): string =>
  cut(visible(text.length > most * 4 ? `${text.slice(0, most * 4)}...` : text), most).replace(special, entity);

/** The text as inline code. */
export const code = (text: string, most?: number): string => `<code>${escapeMarkdown(text, most) || " "}</code>`;

/** The hidden comment by which a bot recognizes its own comment: `<!-- mason-plan:prod -->`. */
export function stickyMarker(environment: string | null): string {
  const name = (environment ?? "default").replace(/[^A-Za-z0-9._-]/g, "_").replace(/-{2,}/g, "-");
  return `<!-- mason-plan:${name.replace(/^-|-$|^$/g, "_")} -->`;
}
