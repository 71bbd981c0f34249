/**
 * Who asks whom how often. The few nodes whose hash with a holder's name is least watch it closely, one after the
 * other within an interval; everybody else, and everybody for a stranger, asks now and then. Mutable, but only to
 * remember; free of I/O.
 */
import type { Claimable } from "../desired/claimable.ts";
import { scoreOf } from "./rank.ts";
import { Standings } from "./standings.ts";
import type { Timings } from "./timings.ts";

/** How often this node asks a holder, and when it begins. */
export interface Duty {
  readonly intervalMs: number;
  readonly firstMs: number;
}

/** Whom to ask. */
export interface Watched {
  /** What tells it from other holders. */
  readonly id: string;
  /** What the nodes are ranked for. */
  readonly name: string;
  /** The node that it is; absent for a stranger. */
  readonly node: string | undefined;
  /** What it holds. */
  readonly addresses: readonly string[];
}

export interface DutiesOptions {
  /** This node's name. */
  readonly node: string;
  readonly timings: Timings;
  /** What is known of an address that this node may hold. */
  readonly claimable: (key: string) => Claimable | undefined;
  /** Whether a node is counted no longer. */
  readonly isSilent: (node: string) => boolean;
}

/** Nodes that are not silent, this one among them. */
interface Crowd {
  readonly names: ReadonlySet<string>;
  /** This node's place by name. */
  readonly place: number;
}

/** Most holders' addresses have the same eligible nodes: some of them tell. */
const ADDRESSES_LOOKED_AT = 32;

/** This node's duties to all holders. */
export class Duties {
  readonly #options: DutiesOptions;
  readonly #known = new Map<string, Duty>();
  /** This node's place among those that may watch a holder, by its name. */
  readonly #standings = new Standings();
  readonly #crowds = new Map<readonly string[], Crowd>();

  constructor(options: DutiesOptions) {
    this.#options = options;
  }

  /** The duty to one holder, the same until it is reconsidered. */
  of(holder: Watched): Duty {
    const known = this.#known.get(holder.id);
    if (known !== undefined) return known;
    const duty = this.#assign(holder);
    this.#known.set(holder.id, duty);
    return duty;
  }

  /** Nodes came or went, or fell silent. */
  reconsider(): void {
    this.#known.clear();
    this.#crowds.clear();
  }

  /** The holder holds nothing any more. */
  forget({ id, name }: Watched): void {
    this.#known.delete(id);
    this.#standings.forget(name);
  }

  #assign(holder: Watched): Duty {
    const { node, timings, isSilent } = this.#options;
    const { watchersPerHolder, watchIntervalMs, auditLeastMs, auditPerNodeMs } = timings;
    const candidates = this.#candidatesFor(holder);
    const crowd = this.#crowdOf(candidates);
    const isInside = holder.node !== undefined && crowd.names.has(holder.node);
    const count = Math.max(crowd.names.size - (isInside ? 1 : 0), 1);
    const isSkipped = (other: string): boolean => other === holder.node || isSilent(other);
    const rank = this.#standings.of({ node, key: holder.name }, candidates)
      .place(isSkipped, watchersPerHolder);
    if (rank < watchersPerHolder && holder.node !== undefined) {
      const sharers = Math.min(count, watchersPerHolder);
      return { intervalMs: watchIntervalMs, firstMs: watchIntervalMs * (1 + rank) / sharers };
    }
    const intervalMs = Math.max(auditLeastMs, auditPerNodeMs * count);
    const isAfterHolder = isInside && holder.node !== undefined && holder.node < node;
    const place = crowd.place - (isAfterHolder ? 1 : 0);
    // Turned by the holder's name: else this node's questions to all holders would fall on one instant.
    const turned = (Math.max(place, 0) + scoreOf({ node: "", key: holder.name })) % count;
    return { intervalMs, firstMs: intervalMs * (1 + turned) / count };
  }

  /** The eligible nodes of some of the holder's addresses, in order of name. */
  #candidatesFor({ addresses }: Watched): readonly string[] {
    const { node, claimable } = this.#options;
    const lists = addresses.slice(0, ADDRESSES_LOOKED_AT).map((key) => claimable(key)?.eligible);
    const [only, ...others] = new Set(lists.filter((list) => list !== undefined));
    if (only !== undefined && others.length === 0) return only;
    return [...new Set([node, ...only ?? [], ...others.flat()])].sort();
  }

  #crowdOf(candidates: readonly string[]): Crowd {
    const known = this.#crowds.get(candidates);
    if (known !== undefined) return known;
    const awake = candidates.filter((node) => !this.#options.isSilent(node));
    const crowd = { names: new Set(awake), place: awake.indexOf(this.#options.node) };
    this.#crowds.set(candidates, crowd);
    return crowd;
  }
}
