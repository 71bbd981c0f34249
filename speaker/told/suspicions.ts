/** What came of it when everybody was asked for an address that somebody else held. */
import { formatIp } from "../../ip/address.ts";
import { isProbe, type NeighborPacket } from "../wire/neighbor.ts";

/**
 * How a suspicion ended: somebody answered for the address; its holder was found silent; or the holder is
 * alive but has it no more, and this node claimed it.
 */
export type Verdict = "answered" | "silent" | "missing";

/** The addresses under suspicion. Mutable, free of I/O; each method returns the verdicts that it brings. */
export class Suspicions {
  readonly #open = new Set<string>();

  /** Everybody is asked for an address that another station holds. Returns whether that is new. */
  raise(address: string): boolean {
    if (this.#open.has(address)) return false;
    this.#open.add(address);
    return true;
  }

  /** A packet of somebody else came. */
  hear(packet: NeighborPacket): Verdict | undefined {
    if (this.#open.size === 0 || isProbe(packet)) return undefined;
    return this.#open.delete(formatIp(packet.senderIp)) ? "answered" : undefined;
  }

  /** The holder of these answers no more. Returns how many of them were asked for. */
  silent(addresses: Iterable<string>): number {
    let count = 0;
    for (const address of addresses) if (this.#open.delete(address)) count++;
    return count;
  }

  /** This node claimed the address. */
  claimed(address: string): Verdict | undefined {
    return this.#open.delete(address) ? "missing" : undefined;
  }
}
