// The hidden first line of a comment: the project of the comment and the plan that it shows. It is read only from comments of the bot.
const pattern =
  /^<!-- mason-action:([0-9a-f]{16}) plan_id=([0-9a-f]{64}|none) head=([0-9a-f]{40,64}) changes=(true|false) trusted=(true|false) state=(planned|failed|applied|partly) -->$/m;

/** The line of a record. */
export const recordLine = ({ key, planId, head, changes, trusted, state }) =>
  `<!-- mason-action:${key} plan_id=${planId ?? "none"} head=${head} changes=${changes} trusted=${trusted} state=${state} -->`;

/** The record in a comment, or null. */
export function recordIn(body) {
  // Only the first line counts: later lines contain user text.
  const found = pattern.exec(body.split("\n", 1)[0].trimEnd());
  if (found === null) return null;
  const [, key, planId, head, changes, trusted, state] = found;
  return {
    key,
    planId: planId === "none" ? null : planId,
    head,
    changes: changes === "true",
    trusted: trusted === "true",
    state,
  };
}

/** The bot's own comment with this key, or the oldest of several. */
export const ownComment = (comments, key) =>
  comments
    .filter((comment) => comment.own)
    .map((comment) => ({ ...comment, record: recordIn(comment.body ?? "") }))
    .find(({ record }) => record?.key === key) ?? null;

/** Text escaped for markdown, on one line. */
export const plainMarkdown = (text, most = 200) =>
  text
    .slice(0, most)
    .replace(/[^\p{L}\p{N} .,;()'/-]|(?<=www)\./giu, (character) =>
      /[\p{Cc}\p{Cf}\p{Cs}]/u.test(character) ? " " : `&#${character.codePointAt(0)};`,
    );

/** A whole comment within GitHub's limit: a plan's markdown has at most 65,000 characters. */
export const commentBody = (record, sentence, markdown) => `${recordLine(record)}\n${sentence}\n\n${markdown}`;

/** The same comment with another record and sentence; its plan is unchanged. */
export function withSentence(body, record, sentence) {
  const plan = /\r?\n\r?\n/.exec(body);
  return commentBody(record, sentence, plan === null ? "" : body.slice(plan.index + plan[0].length));
}

/** Replaces the previous comment, or writes the first one. */
export async function writeComment(forge, number, key, body) {
  const before = ownComment(await forge.comments(number), key);
  if (before === null) await forge.createComment(number, body);
  else await forge.updateComment(number, before.id, body);
}
