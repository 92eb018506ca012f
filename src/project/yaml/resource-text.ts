/** A fast test of a text before it is parsed. */

/** True when a file may hold a resource: some line or flow mapping names `type`. */
export const mayHoldResources = (text: string): boolean => /(^|[\s{,"'?])type["']?\s*:/.test(text);
