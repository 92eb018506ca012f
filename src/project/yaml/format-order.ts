/** Puts the keys of a document, nested ones included, in the order of its schema; unknown keys keep their order at the end. */
import { isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { isObject, type Json, type JsonObject } from "../../json.ts";

/** Orders the keys of a value by its schema, in place. */
export function orderKeys(node: unknown, schema: Json | undefined): void {
  if (!isObject(schema)) return;
  if (isSeq(node)) for (const item of node.items) orderKeys(item, schema.items);
  if (!isMap<Node, Node | null>(node)) return;
  const shape = objectShape(schema);
  const properties = isObject(shape.properties) ? shape.properties : {};
  sortPairs(node, Object.keys(properties));
  for (const pair of node.items) orderKeys(pair.value, properties[keyOf(pair)] ?? shape.additionalProperties);
}

/** Of several alternatives, the one that describes objects. */
const objectShape = (schema: JsonObject): JsonObject =>
  (Array.isArray(schema.anyOf) ? schema.anyOf : []).find(
    (choice: Json): choice is JsonObject => isObject(choice) && choice.type === "object",
  ) ?? schema;

const keyOf = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : "");

function sortPairs(map: YAMLMap<Node, Node | null>, order: readonly string[]): void {
  const rank = (pair: Pair) => {
    const at = order.indexOf(keyOf(pair));
    return at < 0 ? order.length : at;
  };
  const first = map.items[0];
  map.items.sort((a, b) => rank(a) - rank(b));
  const now = map.items[0];
  // The blank line above a key that moved to the top no longer separates anything.
  if (now !== first && isNode(now?.key)) now.key.spaceBefore = false;
}
