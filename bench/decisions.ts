/** What the speaker's pure decisions cost, with many addresses and nodes: `desire`, and what the table makes of it. */
import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import type { IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";
import { arpProbe } from "../speaker/wire/arp.ts";
import { desire, type Snapshot } from "../speaker/desired/desired.ts";
import { DesiredMemo } from "../speaker/desired/desired_memo.ts";
import type { NeighborPacket } from "../speaker/wire/neighbor.ts";
import { Table } from "../speaker/ownership/table.ts";
import { CROWD_LINK, crowdOf, macOf } from "../tests/crowd.ts";

/** CPU time that one decision took, the best of a few runs, in ms. */
export interface Decision {
  readonly what: string;
  readonly ms: number;
}

/** Measures every decision for this many addresses, one Service each, and nodes, of which this is one. */
export function measureDecisions(addresses: number, nodes: number): readonly Decision[] {
  const snapshot = crowdOf(addresses, nodes);
  const memo = new DesiredMemo();
  const [first, desired] = timed(() => desire(snapshot, memo));
  assert.equal(desired.claimable.size, addresses);
  const table = new Table({ node: "n0" });
  const [set] = timed(() => table.setDesired(desired, 0));
  const again = best(() => desire({ ...snapshot }, memo));
  const setAgain = best(() => table.setDesired(desire({ ...snapshot }, memo), 1));
  const oneService = best((round) => desire(withService(snapshot, round), memo));
  const oneNode = best((round) => desire(withNode(snapshot, round), memo));
  const fewer = best((round) => desire(withoutNode(snapshot, round), memo));
  const { silent, packet } = measureTable(snapshot, memo);
  return [
    { what: "desire, first", ms: first },
    { what: "desire, again", ms: again },
    { what: "one Service's change", ms: oneService },
    { what: "one node's label", ms: oneNode },
    { what: "one node less, or back", ms: fewer },
    { what: "table: first desire", ms: set },
    { what: "desire and table, again", ms: setAgain },
    { what: "node less; all nodes hold some", ms: measureHolders(snapshot, memo, nodes) },
    { what: "one packet", ms: packet },
    { what: "all holders silent", ms: silent },
  ];
}

/** Every other node holds some of the addresses; a node comes or goes. */
function measureHolders(snapshot: Snapshot, memo: DesiredMemo, nodes: number): number {
  const table = new Table({ node: "n0" });
  const desired = desire(snapshot, memo);
  table.setDesired(desired, 0);
  for (const [i, { address }] of [...desired.claimable.values()].entries()) {
    table.onPacket(useOf(macOf(1 + i % (nodes - 1)), address), CROWD_LINK, 0);
  }
  return best((round) => table.setDesired(desire(withoutNode(snapshot, round), memo), 1 + round));
}

/** All addresses are another node's, which then falls silent. */
function measureTable(
  snapshot: Snapshot,
  memo: DesiredMemo,
): { readonly silent: number; readonly packet: number } {
  const table = new Table({ node: "n0" });
  const desired = desire(snapshot, memo);
  table.setDesired(desired, 0);
  const mac = macOf(1);
  const uses = Array.from(desired.claimable.values(), ({ address }) => useOf(mac, address));
  const [all] = timed(() => {
    for (const packet of uses) table.onPacket(packet, CROWD_LINK, 0);
  });
  // Other than by default the silent holder's questions are all due at once, late as can be without a stall.
  let now = 0;
  let longest = 0;
  for (let asked = 0; asked < 2_000; asked++) {
    const at = table.nextWake();
    if (at === undefined) break;
    now = Math.max(now, at);
    const [ms, actions] = timed(() => table.wake(now));
    longest = Math.max(longest, ms);
    if (actions.some(({ kind }) => kind === "silent")) {
      return { silent: ms, packet: all / uses.length };
    }
  }
  return { silent: longest, packet: all / uses.length };
}

function useOf(mac: Mac, address: IpAddress): NeighborPacket {
  return { ...arpProbe(mac, address), senderIp: address };
}

function timed<T>(work: () => T): readonly [ms: number, result: T] {
  const before = cpuUsage();
  const result = work();
  const { user, system } = cpuUsage(before);
  return [(user + system) / 1_000, result];
}

function best(work: (round: number) => unknown): number {
  return Math.min(...Array.from({ length: 5 }, (_, round) => timed(() => work(round))[0]));
}

function withService(snapshot: Snapshot, round: number): Snapshot {
  const services = [...snapshot.services];
  const changed = services[7];
  assert.ok(changed);
  services[7] = { ...changed, meta: { ...changed.meta, resourceVersion: `r${round}` } };
  return { ...snapshot, services };
}

function withNode(snapshot: Snapshot, round: number): Snapshot {
  const nodes = [...snapshot.nodes];
  const changed = nodes[1];
  assert.ok(changed);
  nodes[1] = { ...changed, meta: { ...changed.meta, labels: { round: `${round}` } } };
  return { ...snapshot, nodes };
}

/** In every other round the last node is gone. */
function withoutNode(snapshot: Snapshot, round: number): Snapshot {
  const nodes = [...snapshot.nodes];
  return { ...snapshot, nodes: round % 2 === 0 ? nodes.slice(0, -1) : nodes };
}
