/** Recipes for made-up texts, chosen by the name of the column. */

/** A piece of a text: a constant, one of several words, digits, hex digits, or the row's number. */
export type Piece =
  | string
  | { readonly oneOf: readonly string[] }
  | { readonly digits: number }
  | { readonly hex: number }
  | { readonly row: true };

export interface Recipe {
  readonly parts: readonly Piece[];
}

const oneOf = (words: string): Piece => ({ oneOf: words.split(", ") });

const first = oneOf(
  "Ada, Ben, Chloe, David, Emma, Farid, Grace, Hugo, Ines, Jonas, Kim, Lena, Marco, Nina, Omar, Priya",
);
const last = oneOf(
  "Adler, Brown, Costa, Dubois, Evans, Fischer, Garcia, Haddad, Ito, Jensen, Khan, Lopez, Meyer, Novak, Okafor, Rossi",
);
const lowerFirst = oneOf(
  "ada, ben, chloe, david, emma, farid, grace, hugo, ines, jonas, kim, lena, marco, nina, omar, priya",
);
const lowerLast = oneOf(
  "adler, brown, costa, dubois, evans, fischer, garcia, haddad, ito, jensen, khan, lopez, meyer, novak, okafor, rossi",
);
const words = oneOf("amber, basin, cedar, delta, ember, fjord, grove, harbor, inlet, juniper, lagoon, meadow");
const city = oneOf("Berlin, Cairo, Chicago, Lagos, Lima, Lyon, Madrid, Mumbai, Nairobi, Osaka, Oslo, Toronto");

/** Recipes by column name; the first match wins. */
const recipes: readonly (readonly [RegExp, readonly Piece[]])[] = [
  [/e_?mail/, [lowerFirst, ".", lowerLast, { row: true }, "@example.com"]],
  [/first_?name|given_?name/, [first]],
  [/last_?name|surname|family_?name/, [last]],
  [/user_?name|login|handle/, [lowerFirst, { row: true }]],
  [/company|organi[sz]ation|supplier|vendor/, [last, " ", oneOf("Ltd, GmbH, SA, Inc")]],
  [
    /product|item/,
    [oneOf("Small, Large, Light, Solid, Fine"), " ", oneOf("Lamp, Chair, Desk, Shelf, Mug, Rug, Clock")],
  ],
  [/city|town/, [city]],
  [/country_?code/, [oneOf("BR, DE, EG, ES, FR, GB, IN, JP, KE, NG, NO, US")]],
  [
    /country|nation/,
    [oneOf("Brazil, Egypt, France, Germany, India, Japan, Kenya, Nigeria, Norway, Spain, United States")],
  ],
  [/region|zone/, [oneOf("north, south, east, west")]],
  [/currency/, [oneOf("EUR, USD, GBP, JPY, BRL, INR")]],
  [/status|state/, [oneOf("new, paid, shipped, returned")]],
  [/phone|mobile/, ["+1 555 ", { digits: 3 }, " ", { digits: 4 }]],
  [/zip|post_?code|postal/, [{ digits: 5 }]],
  [/street|address/, [{ digits: 2 }, " ", last, " Street"]],
  [/url|link|website/, ["https://example.com/", words, "/", { digits: 4 }]],
  [/ip(_address)?$/, ["192.0.2.", oneOf("1, 7, 19, 42, 99, 128, 200, 254")]],
  [/colou?r/, [oneOf("red, green, blue, black, white, grey")]],
  [/gender|sex$/, [oneOf("female, male, other")]],
  [/description|comment|note|text|title/, [words, " ", words, " ", words]],
  [/uuid|guid/, [{ hex: 8 }, "-", { hex: 4 }, "-4", { hex: 3 }, "-8", { hex: 3 }, "-", { hex: 12 }]],
  [/(^|_)(id|key|code|sku|hash|token)$/, [{ hex: 12 }]],
  [/date/, ["2024-", oneOf("01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12"), "-", oneOf("01, 05, 12, 17, 23, 28")]],
  [/name|customer|person|owner|author/, [first, " ", last]],
];

/** The recipe for a text column with this name, in lower case. */
export function recipeFor(name: string): Recipe {
  const found = recipes.find(([pattern]) => pattern.test(name));
  return { parts: found?.[1] ?? [words, "-", { digits: 4 }] };
}
