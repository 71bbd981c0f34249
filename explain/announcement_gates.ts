import { describeSighting, type Sighting } from "../controller/quarantine.ts";
import { equalIp, parseIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import type { Judgement } from "../speaker/desired/desired.ts";
import type { Exclusion } from "../speaker/desired/exclusion.ts";
import { faultMessage } from "../speaker/desired/not_eligible.ts";
import { describeExclusion, type ExclusionText } from "./exclusions.ts";
import { ANNOUNCEMENT_GATES, type AnnouncementGate, type Gate, notReached } from "./gate.ts";
import type { Matter } from "./matter.ts";
import type { Announcer } from "./objects.ts";
import { count, listNames, unreadText } from "./words.ts";

/** An address in the status of a Service. */
export interface Announcement {
  /** Canonical text. */
  readonly address: string;
  readonly service: Service;
  readonly judgement: Judgement;
  /** Whoever tells that it announces the address. */
  readonly announcer: Announcer | undefined;
}

type AnnouncementFinding = Gate<AnnouncementGate>;

/** The gates between a status with an address and answers for it, in order. */
export function announcementGates(
  matter: Matter,
  announcement: Announcement,
): readonly AnnouncementFinding[] {
  const findings: AnnouncementFinding[] = [];
  for (const gate of ANNOUNCEMENT_GATES) {
    const isOpen = findings.every(({ result }) => result !== "fail");
    findings.push(isOpen ? findingAt(gate, matter, announcement) : notReached(gate));
  }
  return findings;
}

function findingAt(
  gate: AnnouncementGate,
  matter: Matter,
  announcement: Announcement,
): AnnouncementFinding {
  switch (gate) {
    case "advertisement":
      return advertisementGate(matter, announcement);
    case "nodes":
      return nodesGate(matter, announcement);
    case "owner":
      return ownerGate(matter, announcement);
    case "answers":
      return answersGate(matter, announcement);
    default:
      return gate satisfies never;
  }
}

function advertisementGate(
  { cluster, outlook: { config } }: Matter,
  { address, judgement }: Announcement,
): AnnouncementFinding {
  const gate = "advertisement";
  const { announced, excluded } = judgement;
  if (announced === undefined) {
    const found = `no pool has ${address}`;
    return { gate, result: "fail", found, cure: "add it to a pool", reason: "no-pool" };
  }
  const [first] = excluded.values();
  if (first !== undefined && isUnannounced(judgement)) {
    const unread = unreadText(cluster, ["L2Advertisement"]);
    const isByBgp = first.kind === "no-advertisement" &&
      config?.bgp?.advertisements.some(({ pools }) => pools.includes(announced.pool)) === true;
    const { found, cure } = isByBgp ? byBgpAlone(announced.pool) : describeExclusion(first);
    return unread === undefined || isByBgp
      ? { gate, result: "fail", found, cure, reason: first.kind }
      : { gate, result: "unknown", found: `${found}, as far as can be seen: ${unread}` };
  }
  const names = announced.coverage.flat().map(({ name }) => `"${name}"`);
  return { gate, result: "pass", found: listNames([...new Set(names)]) || "none is known" };
}

function byBgpAlone(pool: string): ExclusionText {
  return {
    found: `pool "${pool}" is advertised by BGP alone, which is not spoken yet`,
    cure: "create an L2Advertisement for it, or give the ConfigMap's pool protocol layer2",
  };
}

/** Whether advertisements keep every node out, whatever node it is. */
function isUnannounced({ eligible, excluded }: Judgement): boolean {
  return eligible.length === 0 &&
    excluded.values().every(({ kind }) =>
      kind === "no-advertisement" || kind === "service-not-selected"
    );
}

function nodesGate(
  { cluster }: Matter,
  { address, judgement }: Announcement,
): AnnouncementFinding {
  const gate = "nodes";
  const { eligible, excluded, fault } = judgement;
  const total = eligible.length + excluded.size;
  if (eligible.length > 0) {
    const found = `${eligible.length} of ${count(total, "node")} may hold ${address}`;
    return { gate, result: "pass", found };
  }
  const isLocal = judgement.assignment.services
    .some(({ externalTrafficPolicy }) => externalTrafficPolicy === "Local");
  const unread = unreadText(cluster, [
    ...["Node", "Lease"],
    ...isLocal ? ["EndpointSlice"] : [],
    ...isUnannounced(judgement) ? ["L2Advertisement"] : [],
  ]);
  if (unread !== undefined) return { gate, result: "unknown", found: unread };
  const [common] = commonest([...excluded.values()]);
  if (common === undefined) {
    return { gate, result: "fail", found: "the cluster has no nodes", cure: "add a node" };
  }
  const { found, cure } = describeExclusion(common.exclusion);
  const who = common.times === total
    ? `none of ${count(total, "node")} may hold ${address}`
    : `none of ${count(total, "node")} may hold ${address}; ${common.times} of them`;
  return {
    gate,
    result: "fail",
    found: fault === undefined
      ? `${who}: ${found}`
      : faultMessage(fault.reason, address, fault.teller),
    cure,
    reason: fault?.reason ?? common.exclusion.kind,
  };
}

/** The reasons in order of how many nodes they keep out. */
function commonest(
  exclusions: readonly Exclusion[],
): readonly { readonly exclusion: Exclusion; readonly times: number }[] {
  const groups = Map.groupBy(exclusions, ({ kind }) => kind);
  return [...groups.values()].flatMap((group) => {
    const [exclusion] = group;
    return exclusion === undefined ? [] : [{ exclusion, times: group.length }];
  }).toSorted((a, b) => b.times - a.times);
}

function ownerGate(
  { cluster, outlook }: Matter,
  { address, service, announcer, judgement }: Announcement,
): AnnouncementFinding {
  const gate = "owner";
  if (announcer === undefined) {
    if (outlook.quarantine.get(address)?.isActive === true) {
      return {
        gate,
        result: "unknown",
        found: "no node announces it while another machine uses it",
      };
    }
    if (tellerOf(service, judgement) === undefined) {
      const found = `of ${address}, the second of its Service, Events alone tell`;
      return { gate, result: "unknown", found };
    }
    if (cluster.unread.some(({ kind }) => kind === "ServiceL2Status")) {
      const found = "nobody tells: speakers do by ServiceL2Status objects, and by Events";
      return { gate, result: "unknown", found };
    }
    const found = "no speaker tells that it announces the address";
    const cure = "look into the log of the speaker that is first in rank, and at its /ownership";
    return { gate, result: "fail", found, cure };
  }
  const { eligible, excluded } = judgement;
  const { node, since } = announcer;
  const found = `${nodeText(cluster, announcer)}${since === "" ? "" : `, since ${since}`}`;
  if (eligible.includes(node) || eligible.length === 0) return { gate, result: "pass", found };
  const exclusion = excluded.get(node);
  const why = exclusion === undefined
    ? "the cluster has no such node"
    : describeExclusion(exclusion).found;
  return {
    gate,
    result: "fail",
    found: `${found}, which may not hold it: ${why}`,
    cure: `look into the log of the speaker of node "${node}": it is to hand the address over`,
  };
}

function nodeText(
  { nodes }: Matter["cluster"],
  { node, interfaces }: Announcer,
): string {
  const ready = nodes.find(({ meta }) => meta.name === node)?.conditions
    .find(({ type }) => type === "Ready")?.status;
  const face = interfaces.length === 0 ? "" : ` on ${interfaces.join(", ")}`;
  return `${node}${face}${ready === undefined || ready === "True" ? "" : " (it is not Ready)"}`;
}

function answersGate(
  { cluster, outlook }: Matter,
  { address, announcer }: Announcement,
): AnnouncementFinding {
  const gate = "answers";
  const sighting: Sighting | undefined = outlook.quarantine.get(address);
  if (sighting?.isActive === true) {
    const cure = "take the address away from that machine, or let the Service have another one";
    return { gate, result: "fail", found: describeSighting(sighting), cure };
  }
  const unread = unreadText(cluster, ["Lease"]);
  if (unread !== undefined) return { gate, result: "unknown", found: unread };
  if (announcer === undefined) {
    return { gate, result: "unknown", found: "no other machine is seen to answer" };
  }
  const mac = cluster.presences.get(announcer.node)
    ?.find(({ name }) => announcer.interfaces.includes(name))?.mac;
  const own = mac === undefined ? announcer.node : `${announcer.node}, ${mac}`;
  return { gate, result: "pass", found: `${own}; no other machine is seen to answer` };
}

/** Whoever tells that it announces an address, which the holder of a Service's first one does of the Service. */
export function announcerOf(
  { cluster }: Matter,
  service: Service,
  judgement: Judgement,
): Announcer | undefined {
  const teller = tellerOf(service, judgement);
  return teller && cluster.announcers.get(keyOf(teller.meta));
}

/** A Service of which the address is the first. */
function tellerOf(service: Service, { assignment }: Judgement): Service | undefined {
  return [service, ...assignment.services].find(({ ingress }) => {
    const first = parseIp(ingress[0]?.ip ?? "");
    return first !== undefined && equalIp(first, assignment.address);
  });
}
