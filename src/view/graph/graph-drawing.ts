/** The graph of a project as what every drawing is made from: nodes in dependency order, each with its edges and its steps. */
import type { Address, ResourceKind } from "../../address.ts";

/** A step of a deployment. */
export interface StepNode {
  readonly id: string;
  /** `table:infer`. */
  readonly operator: string;
  /** Ids of the steps that it waits for. */
  readonly dependencies: readonly string[];
  readonly when: "succeeded" | "failed" | "always";
}

/** A resource with what it needs. */
export interface ResourceNode {
  readonly address: Address;
  readonly kind: ResourceKind;
  /** Every direct dependency. */
  readonly needs: readonly Address[];
  /** Those of them that no other one implies: the edges that are drawn. */
  readonly closest: readonly Address[];
  /** Edges on the longest way to a resource that needs nothing. */
  readonly depth: number;
  /** Of a deployment, when steps were asked for. */
  readonly steps: readonly StepNode[];
}

/** A graph to draw; what is needed comes first. */
export interface GraphDrawing {
  readonly nodes: readonly ResourceNode[];
}

/** A short name for each node that is safe in every language: `n0`, `n1`. */
export const shortNames = ({ nodes }: GraphDrawing): ReadonlyMap<Address, string> =>
  new Map(nodes.map((node, index) => [node.address, `n${index}`]));
