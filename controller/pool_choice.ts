import type { Config, Pool } from "../config/config.ts";
import { type Applicant, isOpenTo, isOpenToLabels, isOpenToNamespace } from "./pool_access.ts";

/** What decides which pools a Service may get an address of. */
export interface PoolRequest {
  readonly applicant: Applicant;
  /** The only pool that may be used. */
  readonly pool: string | undefined;
}

/**
 * The pools that may give a Service an address, in the order in which they are tried, in tiers: the next tier is for
 * Services that get nothing at all from the one before, not even one family of two.
 *
 * - A pool asked for by name: that one, if it is for the Service, whether it gives out addresses unasked or not.
 * - Else, of those that give out addresses unasked, first the pools with a `serviceAllocation` that are for the
 *   Service, by priority, those without one last, and by name; then the pools without `serviceAllocation`, by name.
 */
export function poolTiers(config: Config, request: PoolRequest): readonly (readonly Pool[])[] {
  const { applicant, pool: name } = request;
  if (name !== undefined) {
    return [config.pools.filter((pool) => pool.name === name && isOpenTo(pool, applicant))];
  }
  const order = orderOf(config);
  const isOpen = (pool: Pool): boolean => isOpenToLabels(pool, applicant);
  const pinned = pinnedFor(order, applicant);
  // The same list for the same Services, so that what was found out about it can be remembered.
  return [pinned.every(isOpen) ? pinned : pinned.filter(isOpen), order.general];
}

/** The pools that may give a Service an address, in the order in which they are tried. */
export function candidates(config: Config, request: PoolRequest): readonly Pool[] {
  return poolTiers(config, request).flat();
}

/** Whether what the Namespace is labelled matters, and is not known yet: then nothing new can be chosen. */
export function isUndecided(config: Config, { namespaceLabels }: Applicant): boolean {
  return namespaceLabels === undefined && orderOf(config).hasNamespaceSelectors;
}

interface Order {
  readonly pinned: readonly Pool[];
  readonly general: readonly Pool[];
  readonly hasNamespaceSelectors: boolean;
  /** Of the pinned ones those for a Namespace, by the value that its labels are. Mutable. */
  readonly pinnedBy: WeakMap<object, ForNamespace>;
}

interface ForNamespace {
  readonly namespace: string;
  readonly pools: readonly Pool[];
}

// Derived from a value that never changes, and forgotten with it.
const orders = new WeakMap<Config, Order>();

function orderOf(config: Config): Order {
  const known = orders.get(config);
  if (known !== undefined) return known;
  const unasked = config.pools.filter(({ autoAssign }) => autoAssign);
  const order = {
    pinned: unasked.filter((pool) => pool.serviceAllocation !== undefined)
      .toSorted((a, b) => rankOf(a) - rankOf(b)),
    general: unasked.filter((pool) => pool.serviceAllocation === undefined),
    hasNamespaceSelectors: config.pools.some(({ serviceAllocation }) =>
      serviceAllocation !== undefined && serviceAllocation.namespaceSelectors.length > 0
    ),
    pinnedBy: new WeakMap<object, ForNamespace>(),
  };
  orders.set(config, order);
  return order;
}

/** Remembered, so that a thousand pools for as many namespaces are not looked through for every Service. */
function pinnedFor({ pinned, pinnedBy }: Order, applicant: Applicant): readonly Pool[] {
  const { namespace, namespaceLabels } = applicant;
  const known = namespaceLabels && pinnedBy.get(namespaceLabels);
  if (known?.namespace === namespace) return known.pools;
  const pools = pinned.filter((pool) => isOpenToNamespace(pool, applicant));
  if (namespaceLabels !== undefined) pinnedBy.set(namespaceLabels, { namespace, pools });
  return pools;
}

/** Pools of one rank keep their order, which is that of their names. */
function rankOf({ serviceAllocation }: Pool): number {
  return serviceAllocation?.priority ?? Number.MAX_SAFE_INTEGER;
}
