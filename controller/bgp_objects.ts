import type { ConfigInput } from "../config/assemble.ts";
import { BGP_KINDS } from "../config/resources.ts";
import {
  type CacheDeps,
  type CustomResource,
  type Kube,
  type Resource,
  type RunningCache,
  startCache,
} from "../kube/mod.ts";

/** The objects that configure BGP, kept current by watches. */
export interface BgpObjects {
  /** As they are now; none until all kinds have been read, as they name each other. */
  lists(): Pick<ConfigInput, "bgpPeers" | "bgpAdvertisements" | "bfdProfiles" | "communities">;
  /** Resolves when all watches have stopped, after the signal aborted. */
  readonly ended: Promise<void>;
}

/**
 * Watches the kinds about BGP in one namespace. No pool depends on them, so nothing waits for them: where one cannot
 * be read (no right to, a conversion webhook that is gone) it is as if there were none of any.
 */
export function watchBgpObjects(
  kube: Kube,
  namespace: string,
  deps: CacheDeps,
  signal: AbortSignal,
): BgpObjects {
  const start = (resource: Resource<CustomResource>): RunningCache<CustomResource> =>
    startCache(kube, resource, { namespace }, deps, signal);
  const peers = start(BGP_KINDS.bgpPeers);
  const advertisements = start(BGP_KINDS.bgpAdvertisements);
  const profiles = start(BGP_KINDS.bfdProfiles);
  const communities = start(BGP_KINDS.communities);
  const caches = [peers, advertisements, profiles, communities];
  return {
    lists: () =>
      caches.every((cache) => cache.isSynced)
        ? {
          bgpPeers: [...peers.objects.values()],
          bgpAdvertisements: [...advertisements.objects.values()],
          bfdProfiles: [...profiles.objects.values()],
          communities: [...communities.objects.values()],
        }
        : {},
    ended: Promise.all(caches.map((cache) => cache.ended)).then(() => {}),
  };
}
