/** A config as engines need it: the client of each role, with settings as written. Types only. */
import type { Address } from "../address.ts";
import type { JsonObject } from "../json.ts";
import type { EngineRole } from "./roles.ts";

/** A client of a config: its provider and its settings as written, `{{NAME}}` not filled in. */
export interface ClientDeclaration {
  readonly name: string;
  readonly provider: string;
  readonly configuration: JsonObject;
}

/** What binds a client to each engine role. */
export interface Config {
  readonly address: Address;
  readonly id: string;
  /** Client name by role. */
  readonly engines: { readonly [R in EngineRole]?: string };
  readonly clients: Readonly<Record<string, ClientDeclaration>>;
}
