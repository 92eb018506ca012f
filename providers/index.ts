/** The providers that come with Mason. Manifests are data and load at once; engines and their SDKs load on first use. */
import type { Provider } from "../src/provider/contract.ts";
import { manifest as local } from "./local/manifest.ts";
import { manifest as memory } from "./memory/manifest.ts";
import { manifest as s3 } from "./s3/manifest.ts";
import { manifest as trino } from "./trino/manifest.ts";

/** Every provider of this version, in display order. */
export const providers: readonly Provider[] = [
  { manifest: local, load: async () => (await import("./local/index.ts")).entry },
  { manifest: memory, load: async () => (await import("./memory/index.ts")).entry },
  { manifest: s3, load: async () => (await import("./s3/index.ts")).entry },
  { manifest: trino, load: async () => (await import("./trino/index.ts")).entry },
];
