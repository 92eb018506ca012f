/** The rows of a CSV file without quotes, keyed by header name. */
export function readCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = "", ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => {
    const values = line.split(",");
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
  });
}
