/** Keys of objects that changed, to be looked at once. Mutable. */
export class ChangedKeys {
  #keys = new Set<string>();

  add(keys: Iterable<string>): void {
    for (const key of keys) this.#keys.add(key);
  }

  /** What was added since this was last asked. */
  take(): ReadonlySet<string> {
    const keys = this.#keys;
    this.#keys = new Set();
    return keys;
  }
}
