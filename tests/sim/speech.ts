import { DIALECTS, type Sender } from "../../speaker/wire/dialect.ts";
import type { NeighborPacket } from "../../speaker/wire/neighbor.ts";
import type { Place } from "../../speaker/ownership/table_action.ts";
import type { Mac } from "../../ip/mac.ts";

/**
 * What one port says, as the others read it: each frame is made and read once by the product's own codec, and
 * remembered.
 */
export class Speech {
  readonly #known = new Map<string, readonly NeighborPacket[]>();

  /** A probe to everybody, or a question to one station. */
  ask(from: Sender, { key, address }: Place, to: Mac | undefined): readonly NeighborPacket[] {
    const dialect = DIALECTS[address.family];
    const form = to === undefined ? "probe" : from.linkLocal === undefined ? "ask" : "ask from";
    return this.#remember(`${form} ${key}`, () => {
      const frame = to === undefined
        ? dialect.probeFrame(from, address)
        : dialect.askFrame(from, address, to);
      return [read(address.family, frame)];
    });
  }

  /** Tells the station that has an address that the sender is to have it. */
  seek(from: Sender, { key, address }: Place, to: Mac): readonly NeighborPacket[] {
    const { seekFrame } = DIALECTS[address.family];
    return this.#remember(
      `seek ${key} ${to}`,
      () => [read(address.family, seekFrame(from, address, to))],
    );
  }

  /** The frames of one announcement. */
  announce(from: Sender, { key, address }: Place): readonly NeighborPacket[] {
    return this.#remember(
      `announce ${key}`,
      () =>
        DIALECTS[address.family].announceFrames(from, address)
          .map((frame) => read(address.family, frame)),
    );
  }

  #remember(id: string, make: () => readonly NeighborPacket[]): readonly NeighborPacket[] {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const packets = make();
    this.#known.set(id, packets);
    return packets;
  }
}

function read(family: keyof typeof DIALECTS, frame: Uint8Array): NeighborPacket {
  const packet = DIALECTS[family].readFrame(frame);
  if (typeof packet !== "string") return packet;
  throw new TypeError(`Cannot read what the same dialect wrote: "${packet}"`);
}
