import { compareIp, type IpAddress } from "../ip/address.ts";
import { compareRange, type IpRange, rangeContains } from "../ip/range.ts";
import type { Config, LabelSelector, Pool } from "./config.ts";

interface Slot {
  readonly range: IpRange;
  readonly pool: Pool;
}

// Derived from a value that never changes, and forgotten with it.
const indexes = new WeakMap<Config, readonly Slot[]>();

/**
 * The pool that an address belongs to, whether or not the pool would give it out (`avoidBuggyIPs`).
 * A binary search; the first call for a Config sorts its ranges.
 */
export function poolOf(config: Config, address: IpAddress): Pool | undefined {
  const slots = indexOf(config);
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const slot = slots[middle];
    if (slot !== undefined && startsAfter(slot.range, address)) high = middle;
    else low = middle + 1;
  }
  const slot = slots[low - 1];
  return slot !== undefined && rangeContains(slot.range, address) ? slot.pool : undefined;
}

/** Whether a pool keeps this address of its ranges back: IPv4, `avoidBuggyIPs`, ending in .0 or .255. */
export function isAvoided(pool: Pool, address: IpAddress): boolean {
  if (!pool.avoidBuggyIPs || address.family !== "IPv4") return false;
  const lastOctet = address.value & 0xffn;
  return lastOctet === 0n || lastOctet === 255n;
}

/** Whether any of the selectors is satisfied, or there are none: a list that is left out selects everything. */
export function matchesAny(
  selectors: readonly LabelSelector[],
  labels: Readonly<Record<string, string>>,
): boolean {
  return selectors.length === 0 || selectors.some((selector) => matches(selector, labels));
}

/**
 * Whether labels satisfy a selector, by the rules of `metav1.LabelSelector`: all parts must hold, an empty selector
 * matches everything, and `NotIn` also holds where the label is absent.
 */
export function matches(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  const isLabelled = Object.entries(selector.matchLabels)
    .every(([key, value]) => valueOf(labels, key) === value);
  return isLabelled && selector.matchExpressions.every(({ key, operator, values }) => {
    const value = valueOf(labels, key);
    switch (operator) {
      case "In":
        return value !== undefined && values.includes(value);
      case "NotIn":
        return value === undefined || !values.includes(value);
      case "Exists":
        return value !== undefined;
      case "DoesNotExist":
        return value === undefined;
      default:
        return operator satisfies never;
    }
  });
}

function indexOf(config: Config): readonly Slot[] {
  const known = indexes.get(config);
  if (known !== undefined) return known;
  const slots = config.pools
    .flatMap((pool) => pool.ranges.map((range) => ({ range, pool })))
    .toSorted((a, b) => compareRange(a.range, b.range));
  indexes.set(config, slots);
  return slots;
}

function startsAfter(range: IpRange, address: IpAddress): boolean {
  return compareIp({ family: range.family, value: range.first }, address) > 0;
}

/** A label named like a member of every object, `constructor` for one, is absent unless it is there. */
function valueOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
