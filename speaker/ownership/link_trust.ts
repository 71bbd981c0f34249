/**
 * On which links silence means something. Right after a link came up frames may get lost although it has a
 * carrier: a switch that blocks the port for spanning tree, a bridge whose port is not forwarding yet. Nobody
 * is taken for silent there before somebody was heard, or a time has passed.
 */
interface Doubt {
  readonly until: number;
  /** Whether a packet from anybody ends it. */
  readonly endsByHearing: boolean;
}

/** The links that are in doubt; all others are trusted. Mutable, free of I/O. */
export class LinkTrust {
  readonly #doubts = new Map<number, Doubt>();

  /** The link came up: until somebody is heard on it, or the instant has come, silence proves nothing. */
  doubt(linkIndex: number, until: number): void {
    this.#doubts.set(linkIndex, { until, endsByHearing: true });
  }

  /** The link takes no frames: until this instant nothing was asked, whatever is heard. */
  distrust(linkIndex: number, until: number): void {
    this.#doubts.set(linkIndex, { until, endsByHearing: false });
  }

  /** Somebody was heard. Returns whether that ends a doubt. */
  hear(linkIndex: number): boolean {
    return this.#doubts.get(linkIndex)?.endsByHearing === true && this.#doubts.delete(linkIndex);
  }

  isTrusted(linkIndex: number): boolean {
    return !this.#doubts.has(linkIndex);
  }

  /** Ends the doubts whose time has come, and tells on which links. */
  expire(now: number): readonly number[] {
    if (this.#doubts.size === 0) return [];
    const due = [...this.#doubts].filter(([, { until }]) => until <= now).map(([link]) => link);
    for (const link of due) this.#doubts.delete(link);
    return due;
  }

  /** When the next doubt ends by itself. */
  nextExpiry(): number | undefined {
    if (this.#doubts.size === 0) return undefined;
    const instants = Array.from(this.#doubts.values(), ({ until }) => until);
    return Math.min(...instants);
  }
}
