interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Where something can be planned: all time, or the time that one machine has. Instants are true ones, in ms. */
export interface Timeline {
  readonly now: number;
  at(at: number, run: () => void): void;
  after(ms: number, run: () => void): void;
}

/** Virtual time: what happens next, and nothing in between. Instants are in ms from the beginning. */
export class EventQueue implements Timeline {
  readonly #heap: Entry[] = [];
  #order = 0;
  #now = 0;
  #count = 0;

  get now(): number {
    return this.#now;
  }

  /** How many events have run. */
  get count(): number {
    return this.#count;
  }

  /** Runs something at an instant, or now where that has passed; what falls on one instant runs in order. */
  at(at: number, run: () => void): void {
    const heap = this.#heap;
    const entry = { at: Math.max(at, this.#now), order: this.#order++, run };
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = i - 1 >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  after(ms: number, run: () => void): void {
    this.at(this.#now + ms, run);
  }

  /** Runs everything up to the instant, the instant included, as long as `goOn` says so. */
  runUntil(end: number, goOn: () => boolean = () => true): void {
    for (let top = this.#heap[0]; top !== undefined && top.at <= end; top = this.#heap[0]) {
      if (!goOn()) return;
      this.#removeTop();
      this.#now = top.at;
      this.#count++;
      top.run();
    }
    this.#now = end;
  }

  #removeTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      const left = heap[2 * i + 1];
      if (left === undefined) break;
      const right = heap[2 * i + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (!isBefore(child, last)) break;
      heap[i] = child;
      i = child === right ? 2 * i + 2 : 2 * i + 1;
    }
    heap[i] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || a.at === b.at && a.order < b.order;
}
