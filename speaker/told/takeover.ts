/** How long addresses were without an answer when this node took them from a holder that fell silent. */
import { formatIp } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import { isProbe, type NeighborPacket } from "../wire/neighbor.ts";

/** What is waited for since a holder fell silent. */
interface Silence {
  readonly heardAt: number;
  /** Addresses that nobody has claimed yet. */
  readonly addresses: Set<string>;
}

/** Stations remembered; the one not heard for longest is forgotten first. */
const MOST_STATIONS = 4_096;

/** Measures from the last answer of a silent holder to the claim. Mutable, free of I/O. */
export class Takeovers {
  readonly #heardAt = new Map<Mac, number>();
  readonly #silences = new Map<Mac, Silence>();

  /** A packet of somebody else came. */
  hear(packet: NeighborPacket, now: number): void {
    this.#silences.delete(packet.senderMac);
    if (isProbe(packet)) return;
    this.#heardAt.delete(packet.senderMac);
    this.#heardAt.set(packet.senderMac, now);
    if (this.#heardAt.size > MOST_STATIONS) this.#forgetOldest();
    if (this.#silences.size > 0) this.#take(formatIp(packet.senderIp));
  }

  /** A holder answers no more for these addresses. */
  silent(mac: Mac, addresses: Iterable<string>): void {
    const heardAt = this.#heardAt.get(mac);
    if (heardAt !== undefined) this.#silences.set(mac, { heardAt, addresses: new Set(addresses) });
  }

  /** This node claimed the address. Returns ms since its silent holder answered last; absent without one. */
  claimed(address: string, now: number): number | undefined {
    const heardAt = this.#take(address);
    return heardAt === undefined ? undefined : now - heardAt;
  }

  #forgetOldest(): void {
    for (const oldest of this.#heardAt.keys()) {
      this.#heardAt.delete(oldest);
      return;
    }
  }

  /** Somebody has it: its silence is over. */
  #take(address: string): number | undefined {
    let heardAt: number | undefined;
    for (const [mac, silence] of this.#silences) {
      if (!silence.addresses.delete(address)) continue;
      heardAt = silence.heardAt;
      if (silence.addresses.size === 0) this.#silences.delete(mac);
    }
    return heardAt;
  }
}
