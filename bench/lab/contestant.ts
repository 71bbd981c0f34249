import type { NodeName } from "./lab.ts";

/** Something that keeps an address answered on one of three nodes. */
export interface Contestant {
  /** For tables: `Lanlord`, `keepalived, 1 s`. */
  readonly name: string;
  /** How long after a node is in service again it may still take something back, in ms. */
  readonly calmMs: number;
  /** Starts what runs on a node, and waits until that is in service. */
  start(node: NodeName): Promise<void>;
  /** Kills what runs on a node: no last words. */
  kill(node: NodeName): Promise<void>;
  /** Stops what runs on a node, as for good. */
  stop(node: NodeName): Promise<void>;
}
