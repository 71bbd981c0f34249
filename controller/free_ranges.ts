import type { IpRange } from "../ip/range.ts";

/**
 * Which addresses of one range nobody has: ascending runs that neither overlap nor touch. The used ones
 * are not stored, so neither their number nor the size of the range costs anything when the lowest free
 * one is wanted; to take one or to give it back costs a binary search.
 *
 * @example
 * ```ts
 * import { FreeRanges } from "./free_ranges.ts";
 * const free = new FreeRanges({ family: "IPv4", first: 10n, last: 12n });
 * free.take(10n);
 * if (free.lowest() !== 11n) throw new Error("11 and 12 are free");
 * ```
 */
export class FreeRanges {
  readonly #runs: { first: bigint; last: bigint }[];

  constructor(range: IpRange) {
    this.#runs = [{ first: range.first, last: range.last }];
  }

  /** The lowest free address; `undefined` when none is left. */
  lowest(): bigint | undefined {
    return this.#runs[0]?.first;
  }

  /** Makes an address used. False where it was not free. */
  take(value: bigint): boolean {
    const index = this.#runBefore(value);
    const run = this.#runs[index];
    if (run === undefined || value > run.last) return false;
    const rest = [{ first: run.first, last: value - 1n }, { first: value + 1n, last: run.last }];
    this.#runs.splice(index, 1, ...rest.filter(({ first, last }) => first <= last));
    return true;
  }

  /** Makes an address of the range free. False where it was. */
  give(value: bigint): boolean {
    const index = this.#runBefore(value);
    const before = this.#runs[index];
    if (before !== undefined && value <= before.last) return false;
    const after = this.#runs[index + 1];
    const first = before?.last === value - 1n ? before.first : value;
    const last = after?.first === value + 1n ? after.last : value;
    const start = first === value ? index + 1 : index;
    const joined = Number(first !== value) + Number(last !== value);
    this.#runs.splice(start, joined, { first, last });
    return true;
  }

  /** Index of the last run that starts at or before the value; -1 where there is none. */
  #runBefore(value: bigint): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle];
      if (run !== undefined && run.first <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
