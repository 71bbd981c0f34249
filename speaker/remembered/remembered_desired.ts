/** From what an earlier run knew of the API to what this one does until the API answers. */
import type { Claimable } from "../desired/claimable.ts";
import type { DesiredAndNot } from "../desired/desired.ts";
import type { DesiredMemo } from "../desired/desired_memo.ts";
import { type LocalInterface, speaks } from "../desired/interfaces.ts";
import type { Remembered, RememberedAddress } from "./remembered.ts";
import type { Place } from "../ownership/table_action.ts";

/** What is so now. */
export interface RecallInput {
  /** This node's name. */
  readonly node: string;
  readonly local: readonly LocalInterface[];
  /** What this node holds. */
  readonly held: Iterable<Place>;
  readonly memo: DesiredMemo;
}

/**
 * What is desired as far as the memory goes. It may be a little older than what this node holds, so it takes
 * nothing away: what is held stays, on its link, as long as anything can be sent there. What was to be
 * announced on a link that is gone, excluded, or without a carrier, is left out. Why other addresses are not
 * for this node was not remembered.
 */
export function recallDesired(remembered: Remembered, input: RecallInput): DesiredAndNot {
  const { node, local, memo } = input;
  const held = new Map([...input.held].map((at) => [at.key, at]));
  const working = local.filter(({ hasCarrier, isExcluded }) => hasCarrier && !isExcluded);
  const byIndex = new Map(working.map((face) => [face.index, face]));
  const byName = new Map(working.map((face) => [face.name, face]));
  const claimable = new Map<string, Claimable>();
  const want = (
    { key, address, eligible, preferences, services }: Omit<RememberedAddress, "link">,
    face: LocalInterface | undefined,
  ): void => {
    if (face === undefined || !speaks(face, address.family)) return;
    const interned = memo.intern(eligible);
    const standing = memo.standingOf({ node, key }, interned, preferences);
    const linkIndex = face.index;
    const known = { key, address, linkIndex, eligible: interned, standing, services };
    claimable.set(key, preferences === undefined ? known : { ...known, preferences });
  };
  for (const each of remembered.addresses) {
    const at = held.get(each.key);
    const own = at === undefined ? undefined : byIndex.get(at.linkIndex);
    want(each, own ?? byName.get(each.link));
  }
  for (const { key, address, linkIndex } of held.values()) {
    if (claimable.has(key)) continue;
    want({ key, address, eligible: [node], services: [] }, byIndex.get(linkIndex));
  }
  const assigned = remembered.assigned.union(new Set(held.keys()));
  const nodeOfMac = new Map(remembered.nodeOfMac);
  for (const { mac } of local) nodeOfMac.set(mac, node);
  return { claimable, notHere: new Map(), assigned, nodeOfMac };
}
