/** The version of Mason. The build inserts it; a development tree has a version of its own. */
declare const __MASON_VERSION__: string | undefined;

export const version: string = typeof __MASON_VERSION__ === "string" ? __MASON_VERSION__ : "0.0.0-dev";
