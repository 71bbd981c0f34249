/**
 * One instant per key, earliest first: a binary heap in which overwritten entries are skipped when they
 * come up. `set`, `delete` and `pop` cost O(log n); not an effect, only an order.
 */
export class TimerQueue<Key> {
  readonly #heap: { readonly at: number; readonly key: Key }[] = [];
  readonly #at = new Map<Key, number>();

  /** How many keys have an instant. */
  get size(): number {
    return this.#at.size;
  }

  /** When the key is due, where it has an instant. */
  at(key: Key): number | undefined {
    return this.#at.get(key);
  }

  /** Gives the key an instant, in place of any other; `undefined` takes it away. */
  set(key: Key, at: number | undefined): void {
    if (at === undefined) {
      this.#at.delete(key);
    } else if (this.#at.get(key) !== at) {
      this.#at.set(key, at);
      this.#push(at, key);
    }
  }

  /** The earliest instant. */
  peek(): number | undefined {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#at.get(top.key) === top.at) return top.at;
      this.#removeTop();
    }
    return undefined;
  }

  /** Takes out the key that is due first, when its instant is not after `now`. */
  pop(now: number): Key | undefined {
    const at = this.peek();
    const top = this.#heap[0];
    if (at === undefined || top === undefined || at > now) return undefined;
    this.#removeTop();
    this.#at.delete(top.key);
    return top.key;
  }

  #push(at: number, key: Key): void {
    const heap = this.#heap;
    const entry = { at, key };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = i - 1 >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      const right = heap[2 * i + 2];
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (child === undefined || child.at >= last.at) break;
      heap[i] = child;
      i = child === right ? 2 * i + 2 : 2 * i + 1;
    }
    heap[i] = last;
  }
}

/** The earlier of two instants, where there are any. */
export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}
