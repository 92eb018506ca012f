/**
 * The conformance suite of state backends: state, lease, journal and history, with clients that race. A backend calls
 * {@link stateBackendConformance} with a harness that gives it empty places.
 */
import { describe } from "vitest";
import { histories } from "./state-histories.ts";
import { journals } from "./state-journals.ts";
import { leases } from "./state-leases.ts";
import type { StateBackendHarness } from "./state-place.ts";
import { saves } from "./state-saves.ts";

/** Runs the suite. */
export function stateBackendConformance(name: string, harness: StateBackendHarness): void {
  describe(`${name} as state backend`, { timeout: 600_000 }, () => {
    describe("state", () => saves(name, harness));
    describe("lease", () => leases(name, harness));
    describe("journal", () => journals(name, harness));
    describe("history", () => histories(name, harness));
  });
}
