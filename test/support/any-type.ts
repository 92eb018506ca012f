/** Random data types, nested ones included, for property tests. */
import fc from "fast-check";
import type { DataType } from "../../src/model/data-type.ts";

const leaf: fc.Arbitrary<DataType> = fc.oneof(
  fc.constantFrom<DataType>(
    { kind: "boolean" },
    { kind: "string" },
    { kind: "binary" },
    { kind: "date" },
    { kind: "time" },
    { kind: "interval" },
    { kind: "json" },
    { kind: "unknown" },
    { kind: "varchar", length: 7 },
  ),
  fc.constantFrom<8 | 16 | 32 | 64>(8, 16, 32, 64).map((bits): DataType => ({ kind: "int", bits })),
  fc.constantFrom<32 | 64>(32, 64).map((bits): DataType => ({ kind: "float", bits })),
  fc
    .tuple(fc.integer({ min: 1, max: 38 }), fc.nat())
    .map(([precision, scale]): DataType => ({ kind: "decimal", precision, scale: scale % (precision + 1) })),
  fc
    .tuple(fc.constantFrom<0 | 3 | 6 | 9>(0, 3, 6, 9), fc.boolean())
    .map(([precision, zone]): DataType => ({ kind: "timestamp", precision, zone })),
);

/** Names of fields with what needs quoting: blanks, quotes, commas, brackets, colons. */
const fieldName = fc.string({
  minLength: 1,
  maxLength: 6,
  unit: fc.constantFrom("a", "B", " ", '"', ",", "é", "(", "1", ">", ":", "with"),
});

export const anyType: fc.Arbitrary<DataType> = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie("type").map((element): DataType => ({ kind: "array", element })),
    fc.tuple(tie("type"), tie("type")).map(([key, value]): DataType => ({ kind: "map", key, value })),
    fc
      .uniqueArray(fieldName, { minLength: 1, maxLength: 3, selector: (name) => name.toLowerCase() })
      .chain((names) => fc.tuple(...names.map((name) => tie("type").map((type) => ({ name, type })))))
      .map((fields): DataType => ({ kind: "struct", fields })),
  ),
})).type;
