/** The version of Mason, put in by the build; from the sources it is that of a development tree. */
declare const __MASON_VERSION__: string | undefined;

export const version: string = typeof __MASON_VERSION__ === "string" ? __MASON_VERSION__ : "0.0.0-dev";
