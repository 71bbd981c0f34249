/**
 * On which links silence means something. Right after a link came up frames may get lost although it has a
 * carrier: a switch that blocks the port for spanning tree, a bridge whose port is not forwarding yet. Nobody
 * is taken for silent there before somebody was heard, or a time has passed. Mutable, free of I/O.
 */
export class LinkTrust {
  /** Until when silence is doubted, by link; a packet from anybody ends it. */
  readonly #doubts = new Map<number, number>();
  /** Until when nothing was asked, by link, whatever is heard. */
  readonly #refusals = new Map<number, number>();

  /** The link came up: until somebody is heard on it, or the instant has come, silence proves nothing. */
  doubt(linkIndex: number, until: number): void {
    this.#doubts.set(linkIndex, until);
  }

  /** The link takes no frames: until this instant nothing was asked, whatever is heard. */
  distrust(linkIndex: number, until: number): void {
    this.#refusals.set(linkIndex, until);
  }

  /** Somebody was heard. Returns whether the link is trusted by that. */
  hear(linkIndex: number): boolean {
    return this.#doubts.delete(linkIndex) && this.isTrusted(linkIndex);
  }

  isTrusted(linkIndex: number): boolean {
    return !this.#doubts.has(linkIndex) && !this.#refusals.has(linkIndex);
  }

  /** Ends what is over, and tells which links are trusted by that. */
  expire(now: number): readonly number[] {
    if (this.#doubts.size === 0 && this.#refusals.size === 0) return [];
    const due = new Set<number>();
    for (const instants of [this.#doubts, this.#refusals]) {
      for (const [link, until] of instants) {
        if (until <= now && instants.delete(link)) due.add(link);
      }
    }
    return [...due].filter((link) => this.isTrusted(link));
  }

  /** When the next of them ends by itself. */
  nextExpiry(): number | undefined {
    if (this.#doubts.size === 0 && this.#refusals.size === 0) return undefined;
    return Math.min(...this.#doubts.values(), ...this.#refusals.values());
  }
}
