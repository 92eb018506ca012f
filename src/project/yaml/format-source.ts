/** Lays out scalars and collections: scalars keep their source with new indentation; collections go on one line or in blocks. */
import { isAlias, isMap, isSeq, type Node, Scalar, type ScalarTag, type Tags, visit, YAMLMap, YAMLSeq } from "yaml";

type Print = NonNullable<ScalarTag["stringify"]>;

/** Tags that parse `text` and print its scalars as written. */
export function scalarsAsWritten(text: string): (tags: Tags) => Tags {
  const stringify: Print = (item, { indent }, onComment, onChompKeep) => {
    if (!item.range) return String(item.value);
    const source = text.slice(item.range[0], item.range[1]);
    if (item.type !== Scalar.BLOCK_FOLDED && item.type !== Scalar.BLOCK_LITERAL) return flowScalar(source, indent);
    if (item.comment) onComment?.();
    const block = blockScalar(source, String(item.value), indent);
    if (block.keeps) onChompKeep?.();
    return block.text;
  };
  const written: ScalarTag = {
    tag: "tag:yaml.org,2002:str",
    default: true,
    identify: (value) => typeof value === "string",
    resolve: (value) => value,
    stringify,
  };
  return (tags) => [...tags.filter((tag) => typeof tag === "string" || tag.tag !== written.tag), written];
}

/** Prints plain and quoted scalars; blanks around their line breaks have no meaning. */
const flowScalar = (source: string, indent: string): string =>
  source
    .split(/\r?\n/)
    .map((line) => line.replace(/(?<!\\)[ \t]+$/, ""))
    .map((line, index) => (index === 0 ? line : line.trim() === "" ? "" : indent + line.trimStart()))
    .join("\n");

/** Prints scalars after `|` and `>`. `keeps`: line breaks at the end belong to the scalar. */
function blockScalar(
  source: string,
  value: string,
  indent: string,
): { readonly text: string; readonly keeps: boolean } {
  const [header = "", ...lines] = source.replace(/\r?\n$/, "").split(/\r?\n/);
  const [, style = "|", marks = "", comment] = /^([|>])([-+\d]*)[ \t]*(#.*)?$/.exec(header.trimEnd()) ?? [];
  const keeps = marks.includes("+");
  while (!keeps && lines.at(-1)?.trim() === "") lines.pop();
  const leading = (all: readonly string[]) =>
    (/^ */.exec(all.find((line) => line.trim() !== "") ?? "") ?? [""])[0].length;
  const before = Math.max(0, leading(lines) - leading(value.split("\n")));
  const head = style + marks.replace(/\d/, "2") + (comment === undefined ? "" : ` ${comment}`);
  const body = lines.map((line) => line.slice(before)).map((line) => (line === "" ? "" : indent + line));
  return { text: [head, ...body].join("\n"), keeps };
}

/** True when a document contains an alias: no part of such a document may move. */
export function hasAliases(contents: Node | null): boolean {
  let found = false;
  visit(contents, (_, node) => {
    if (!isAlias(node)) return undefined;
    found = true;
    return visit.BREAK;
  });
  return found;
}

/** Collections in brackets on one line stay there; those on several lines become blocks. */
export function layOutCollections(contents: Node | null, text: string): void {
  visit(contents, {
    // `? key` has no value, which the package can't print without a tag for null: `key:` says the same.
    Pair: (_, pair, path) => {
      const map = path.at(-1);
      if (pair.value === null && !(isMap(map) && map.flow === true)) pair.value = new Scalar("");
    },
    Collection: (_, node) => {
      if (node.flow === true && node.range && text.slice(node.range[0], node.range[1]).includes("\n"))
        node.flow = false;
      const print = isSeq(node) ? YAMLSeq.prototype.toString : YAMLMap.prototype.toString;
      const flowCollectionPadding = isSeq(node) ? "" : " ";
      // `[a, b]` but `{ a: b }`: the package has one option for both.
      node.toString = (context, onComment, onChompKeep) =>
        print.call(node as never, context && { ...context, flowCollectionPadding }, onComment, onChompKeep);
    },
  });
}
