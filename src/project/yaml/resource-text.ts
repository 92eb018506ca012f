/** A fast look at a text before anything parses it. */

/** True when a file may hold a resource: some line or flow mapping names `type`. */
export const mayHoldResources = (text: string): boolean => /(^|[\s{,"'?])type["']?\s*:/.test(text);
