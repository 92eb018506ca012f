/** The command line that does the same as this one without a question. */

/** Flags that decide what is done, in the order of writing. */
const decisive = [
  "project",
  "env",
  "var",
  "target",
  "exclude",
  "allow-destroy",
  "run",
  "refresh-only",
  "resume",
  "redo",
  "done",
  "replan-if-equivalent",
];

/** `mason apply shop --target 'table.sales.*' --auto-approve`; values of variables may be secret, so the user fills them in. */
export function unaskedCommand(
  command: "apply" | "destroy",
  argument: string | undefined,
  flags: Readonly<Record<string, unknown>>,
): string {
  const given = decisive.flatMap((name) => {
    const value = flags[name];
    const values = value === undefined || value === false ? [] : Array.isArray(value) ? value.map(String) : [value];
    return values.map((item) => (item === true ? `--${name}` : `--${name} ${word(shown(name, String(item)))}`));
  });
  const named = argument === undefined ? [] : [word(argument)];
  return ["mason", command, ...named, ...given, "--auto-approve"].join(" ");
}

const shown = (name: string, value: string): string => (name === "var" ? value.replace(/=.*/s, "=...") : value);

/** The text, quoted for a shell if needed. */
const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
