import type { ConfigInput } from "../config/assemble.ts";
import type { CustomResource } from "../kube/types.ts";

/** The objects that configure after `kubectl apply` of others: those of the same kind and name are replaced. */
export function overlay(current: ConfigInput, applied: ConfigInput): ConfigInput {
  return {
    ...current,
    ...applied,
    pools: byName(current.pools, applied.pools),
    l2Advertisements: byName(current.l2Advertisements, applied.l2Advertisements),
    bgpPeers: byName(current.bgpPeers, applied.bgpPeers),
    bgpAdvertisements: byName(current.bgpAdvertisements, applied.bgpAdvertisements),
    bfdProfiles: byName(current.bfdProfiles, applied.bfdProfiles),
    communities: byName(current.communities, applied.communities),
  };
}

function byName(
  current: readonly CustomResource[] = [],
  applied: readonly CustomResource[] = [],
): readonly CustomResource[] {
  const names = new Set(applied.map(({ meta }) => meta.name));
  return [...current.filter(({ meta }) => !names.has(meta.name)), ...applied];
}
