import type { Mac } from "../../ip/mac.ts";
import type { Claimable } from "../desired/claimable.ts";
import type { OnStranger } from "./on_stranger.ts";
import type { Party, Station } from "./ownership_state.ts";
import { ranksBefore } from "./rank.ts";
import { rankWaitMs, type Timings } from "./timings.ts";

/** One address, as far as rank is concerned. */
export interface Ranked {
  readonly at: { readonly key: string };
  readonly claimable: Claimable | undefined;
}

export interface PeersOptions {
  /** This node's name. */
  readonly node: string;
  readonly timings: Timings;
  readonly onStranger: OnStranger;
  /** Whether a node was found silent and has not been heard since. */
  readonly isSilent: (node: string) => boolean;
  /** Whether a node is believed to hold an address. */
  readonly isHolder: (node: string) => boolean;
}

/** Who the stations are that this node hears, and where it stands among them. Mutable, free of I/O. */
export class Peers {
  readonly #options: PeersOptions;
  #nodeOfMac: ReadonlyMap<Mac, string> | undefined;

  constructor(options: PeersOptions) {
    this.#options = options;
  }

  /**
   * Takes over what the API says of the nodes' interfaces. A node that the API does not know any more is still
   * one, and none but itself, as long as it is believed to hold an address: its answers are a holder's.
   */
  learn(nodeOfMac: ReadonlyMap<Mac, string>): void {
    const { isHolder } = this.#options;
    const kept = [...this.#nodeOfMac ?? []]
      .filter(([mac, node]) => !nodeOfMac.has(mac) && isHolder(node));
    this.#nodeOfMac = kept.length === 0 ? nodeOfMac : new Map([...nodeOfMac, ...kept]);
  }

  /** The node that an interface belongs to; absent for a stranger's. */
  nodeOf(mac: Mac): string | undefined {
    return this.#nodeOfMac?.get(mac);
  }

  /** Whether it means anything that the station uses an address. Before the API was seen anybody may be ours. */
  counts(mac: Mac): boolean {
    return this.#options.onStranger === "yield" || this.#nodeOfMac?.has(mac) !== false;
  }

  /** What the API says now of a station that was heard before; absent where that is nothing new. */
  identify({ mac, node }: Station): Station | undefined {
    const known = this.nodeOf(mac);
    return known === undefined || known === node ? undefined : { mac, node: known };
  }

  /** The station as the address sees it. */
  partyOf(mac: Mac, { at, claimable }: Ranked): Party {
    const node = this.nodeOf(mac);
    const isBefore = node !== undefined &&
      (claimable?.standing.isBehind(node) ?? ranksBefore(node, this.#options.node, at.key));
    const isStranger = node === undefined && this.#nodeOfMac !== undefined;
    return { mac, node, precedes: isBefore, isStranger };
  }

  /** How much longer than the first in rank this node waits; `without` is left out of the order. */
  waitMs(entry: Ranked, without?: string): number {
    return rankWaitMs(this.#placeIn(entry, without), this.#options.timings);
  }

  /** Far ranks have nothing to add when it is asked for: they look when their turn comes. */
  isNear(entry: Ranked, holder: string | undefined): boolean {
    return this.#placeIn(entry, holder) <= this.#options.timings.rankStepsMax;
  }

  #placeIn({ claimable }: Ranked, without: string | undefined): number {
    const { timings, isSilent } = this.#options;
    const isSkipped = (other: string): boolean => other === without || isSilent(other);
    return claimable?.standing.place(isSkipped, timings.rankStepsMax + 1) ?? 0;
  }
}
