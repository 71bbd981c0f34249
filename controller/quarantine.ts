import type { ConflictReport } from "../config/presence.ts";
import { formatIp, type IpAddress } from "../ip/address.ts";

/** What one node's speaker reports. */
export interface NodeConflicts {
  readonly node: string;
  readonly conflicts: readonly ConflictReport[];
}

/** One address that a stranger uses or used lately: it is not given to any Service. */
export interface Sighting {
  readonly address: IpAddress;
  /** The stranger's MAC. */
  readonly mac: string;
  /** The node that tells of it, and has seen it first where several do. */
  readonly node: string;
  /** RFC 3339. */
  readonly since: string;
  /** Whether the stranger is there now, and not only was. */
  readonly isActive: boolean;
}

/** The addresses that are set aside, by their canonical text, in order of the first report. */
export type Quarantine = ReadonlyMap<string, Sighting>;

/**
 * What all nodes report as one: an address stays set aside as long as one of them reports it, and is in use
 * as long as one of them says so. The result does not depend on the order of the reports.
 */
export function quarantineOf(reports: Iterable<NodeConflicts>): Quarantine {
  const sightings = [...reports].flatMap(({ node, conflicts }) =>
    conflicts.map(({ address, mac, since, over }): Sighting => ({
      address,
      mac,
      node,
      since,
      isActive: over === undefined,
    }))
  ).toSorted(compareSightings);
  const first = new Map<string, Sighting>();
  for (const sighting of sightings) {
    const key = formatIp(sighting.address);
    if (!first.has(key)) first.set(key, sighting);
  }
  return first;
}

/** Whether both say the same of the same addresses. */
export function isSameQuarantine(a: Quarantine, b: Quarantine): boolean {
  return a.size === b.size && a.entries().every(([key, before]) => {
    const now = b.get(key);
    return now !== undefined && now.mac === before.mac && now.node === before.node &&
      now.since === before.since && now.isActive === before.isActive;
  });
}

/** What is new about the quarantine since the last look. */
export type QuarantineNews =
  | { readonly kind: "quarantined"; readonly sighting: Sighting }
  | { readonly kind: "free"; readonly sighting: Sighting };

/** What to say about the step from one quarantine to the next; nothing where nothing changed. */
export function quarantineNews(before: Quarantine, now: Quarantine): readonly QuarantineNews[] {
  return [
    ...[...now].filter(([key]) => !before.has(key))
      .map(([, sighting]) => ({ kind: "quarantined" as const, sighting })),
    ...[...before].filter(([key]) => !now.has(key))
      .map(([, sighting]) => ({ kind: "free" as const, sighting })),
  ];
}

/** Who uses the address, as people are told. */
export function describeSighting({ address, mac, node, isActive }: Sighting): string {
  const [verb, saw] = isActive ? ["is", "seen"] : ["was lately", "reported"];
  return `${formatIp(address)} ${verb} used by ${mac}, which belongs to no node of ours ` +
    `(${saw} by node "${node}")`;
}

function compareSightings(a: Sighting, b: Sighting): number {
  return Number(b.isActive) - Number(a.isActive) || compareText(a.since, b.since) ||
    compareText(a.node, b.node) || compareText(formatIp(a.address), formatIp(b.address));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
