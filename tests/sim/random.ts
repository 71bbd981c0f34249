/** Pseudo-random numbers from a seed: sfc32 (Chris Doty-Humphrey, PractRand), the same on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b);
    this.#c = 0x6c616e6c;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    const sum = (this.#a + this.#b | 0) + this.#count | 0;
    this.#count = this.#count + 1 | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor((most - least + 1) * this.next());
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** One of them. @throws RangeError when there is none */
  pick<Value>(values: readonly Value[]): Value {
    const value = values[this.whole(0, values.length - 1)];
    if (value === undefined) throw new RangeError("Cannot pick: need a value, have none");
    return value;
  }

  /** The same values in another order. */
  shuffle<Value>(values: readonly Value[]): readonly Value[] {
    return values.map((value) => ({ value, at: this.next() })).sort((a, b) => a.at - b.at)
      .map(({ value }) => value);
  }

  /** Another stream of numbers, which does not depend on how many of this one are used later. */
  fork(): Random {
    return new Random(this.next() * 2 ** 32);
  }
}

/** Evenly over orders of magnitude. */
export function spread(random: Random, least: number, most: number): number {
  return least * (most / least) ** random.next();
}
