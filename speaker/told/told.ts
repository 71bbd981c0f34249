/**
 * Which Services know that this node announces an address of theirs: each is told once for a claim, and
 * once for both where a claim of its other address came just before. Mutable, free of I/O.
 */
export class Told {
  readonly #byKey = new Map<string, Set<string>>();
  /** When each Service was last told, and of which address; those of long ago are forgotten. */
  #last = new Map<string, { readonly key: string; readonly at: number }>();
  /** When there are more, it is time to forget. */
  #most = LEAST_REMEMBERED;

  /** Notes that the Service knows of the address. Returns whether it is to be told now. */
  note(key: string, uid: string, now: number): boolean {
    const told = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, told);
    if (told.has(uid)) return false;
    told.add(uid);
    const last = this.#last.get(uid);
    const isToldOfOther = last !== undefined && last.key !== key && now - last.at < SAME_CLAIM_MS;
    if (isToldOfOther) return false;
    if (this.#last.size > this.#most) this.#forgetBefore(now - SAME_CLAIM_MS);
    this.#last.set(uid, { key, at: now });
    return true;
  }

  /** The address is announced no more: its next claim is told again. */
  forget(key: string): void {
    this.#byKey.delete(key);
  }

  #forgetBefore(instant: number): void {
    this.#last = new Map([...this.#last].filter(([, { at }]) => at > instant));
    // Where thousands are told at once nothing can be forgotten: looking again and again would cost more than telling.
    this.#most = Math.max(LEAST_REMEMBERED, 2 * this.#last.size);
  }
}

/** The two addresses of a dual-stack Service are claimed within this time, where one node claims both. */
const SAME_CLAIM_MS = 1_000;

const LEAST_REMEMBERED = 1_000;
