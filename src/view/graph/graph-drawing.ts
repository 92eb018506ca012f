/** The graph of a project, from which every drawing is made: nodes in dependency order, each with its edges and steps. */
import type { Address, ResourceKind } from "../../address.ts";

/** A step of a deployment. */
export interface StepNode {
  readonly id: string;
  /** `table:infer`. */
  readonly operator: string;
  /** The ids of the steps that it waits for. */
  readonly dependencies: readonly string[];
  readonly when: "succeeded" | "failed" | "always";
}

/** A resource and its dependencies. */
export interface ResourceNode {
  readonly address: Address;
  readonly kind: ResourceKind;
  /** Every direct dependency. */
  readonly needs: readonly Address[];
  /** The direct dependencies that no other one implies: the edges that are drawn. */
  readonly closest: readonly Address[];
  /** The number of edges on the longest path to a resource without dependencies. */
  readonly depth: number;
  /** The steps of a deployment, if requested. */
  readonly steps: readonly StepNode[];
}

/** A graph to draw; dependencies come first. */
export interface GraphDrawing {
  readonly nodes: readonly ResourceNode[];
}

/** A short name for each node (`n0`, `n1`) that is safe in every language. */
export const shortNames = ({ nodes }: GraphDrawing): ReadonlyMap<Address, string> =>
  new Map(nodes.map((node, index) => [node.address, `n${index}`]));
