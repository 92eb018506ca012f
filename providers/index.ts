/** The providers that come with Mason. Manifests are data and loaded at once, engines and their SDKs when they are used. */
import type { Provider } from "../src/provider/contract.ts";
import { manifest as local } from "./local/manifest.ts";
import { manifest as memory } from "./memory/manifest.ts";
import { manifest as s3 } from "./s3/manifest.ts";

/** Every provider of this version, in the order in which they are listed. */
export const providers: readonly Provider[] = [
  { manifest: local, load: async () => (await import("./local/index.ts")).entry },
  { manifest: memory, load: async () => (await import("./memory/index.ts")).entry },
  { manifest: s3, load: async () => (await import("./s3/index.ts")).entry },
];
