import type { LanNode } from "./objects.ts";

/** A pod as far as its place matters. */
export interface Placed {
  readonly nodeName: string | undefined;
  readonly ownerUid: string | undefined;
}

/**
 * The node for the next pod of this owner: of those that are ready and not cordoned the one with the fewest
 * pods of this owner, then the fewest pods, then the first by name. `undefined` when there is none.
 */
export function leastLoaded(
  nodes: readonly LanNode[],
  pods: readonly Placed[],
  ownerUid: string | undefined,
): string | undefined {
  const ranked = nodes.filter((node) => node.isReady && !node.isCordoned).map(({ meta }) => {
    const here = pods.filter((pod) => pod.nodeName === meta.name);
    const own = here.filter((pod) => pod.ownerUid === ownerUid);
    return { name: meta.name, own: own.length, all: here.length };
  });
  ranked.sort((a, b) => a.own - b.own || a.all - b.all || (a.name < b.name ? -1 : 1));
  return ranked[0]?.name;
}
