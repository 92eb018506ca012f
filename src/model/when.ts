/** The condition under which a step starts. */

export type When = "succeeded" | "failed" | "always";
