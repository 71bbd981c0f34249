import { formatProblem } from "../config/mod.ts";
import type {
  FamilyUse,
  NodeOverview,
  Overview,
  PoolOverview,
  ServiceOverview,
} from "../explain/mod.ts";
import { unreadLines } from "./explain_text.ts";
import { formatTable } from "./table.ts";

/** How much is shown. */
export type Width = "narrow" | "wide";

/** Everything in tables, one after the other. */
export function overviewText(overview: Overview, width: Width): readonly string[] {
  const { leader, pools, services, nodes, problems } = overview;
  return [
    `Leader: ${leader.found}${leader.state === "leads" ? `, since ${wholeSeconds(leader)}` : ""}`,
    ...section(
      withoutPools(overview),
      pools.map((pool) => poolRow(pool, width)),
      POOL_HEADS[width],
    ),
    ...section(
      "No Services of type LoadBalancer",
      services.flatMap((service) => serviceRows(service, width)),
      SERVICE_HEADS[width],
    ),
    ...section(
      withoutNodes(overview),
      nodes.map((node) => nodeRow(node, width)),
      NODE_HEADS[width],
    ),
    ...problems.length === 0 ? [] : ["", "PROBLEMS OF THE CONFIGURATION"],
    ...problems.map((problem) => `${problem.severity}: ${formatProblem(problem)}`),
    ...unreadLines(overview.unread),
  ];
}

type Heads = Readonly<Record<Width, readonly string[]>>;

const POOL_HEADS: Heads = {
  narrow: ["POOL", "ADDRESSES", "IPV4 USED", "IPV6 USED", "AUTO-ASSIGN"],
  wide: [
    "POOL",
    "ADDRESSES",
    "IPV4 USED",
    "IPV6 USED",
    "AUTO-ASSIGN",
    "SET ASIDE",
    "FOR",
    "ADVERTISED BY",
  ],
};
const SERVICE_HEADS: Heads = {
  narrow: ["SERVICE", "ADDRESS", "POOL", "NODE", "FAILS AT"],
  wide: ["SERVICE", "ADDRESS", "POOL", "NODE", "SINCE", "FAILS AT", "WHY"],
};
const NODE_HEADS: Heads = {
  narrow: ["NODE", "SPEAKER", "READY", "ANNOUNCES"],
  wide: ["NODE", "SPEAKER", "READY", "ANNOUNCES", "INTERFACES"],
};

/** Kubernetes keeps the microseconds of a Lease. */
function wholeSeconds({ since = "" }: Overview["leader"]): string {
  return since.replace(/\.\d+Z$/, "Z");
}

/** What stands in place of the pools: that there are none, or why they cannot be told. */
function withoutPools({ problems, unread }: Overview): string {
  if (problems.some(({ severity }) => severity === "error")) {
    return "Pools: not known, as the configuration has errors, see below; what was in force before counts";
  }
  return isUnread(unread, ["ConfigMap", "IPAddressPool"]) ? "Pools: not known" : "No pools";
}

function withoutNodes({ unread }: Overview): string {
  return isUnread(unread, ["Node"]) ? "Nodes: not known" : "No nodes";
}

function isUnread(unread: Overview["unread"], kinds: readonly string[]): boolean {
  return unread.some(({ kind, why }) => why !== "not-installed" && kinds.includes(kind));
}

/** @param without the line where there are no rows */
function section(
  without: string,
  rows: readonly (readonly string[])[],
  heads: readonly string[],
): readonly string[] {
  return rows.length === 0 ? ["", without] : ["", ...formatTable([heads, ...rows])];
}

/** So many ranges of a pool are shown in the narrow table. */
const RANGES_MAX = 2;

function poolRow(
  { pool, addresses, autoAssign, serviceAllocation, advertisedBy, use, quarantined }: PoolOverview,
  width: Width,
): readonly string[] {
  const shown = width === "wide" ? addresses : addresses.slice(0, RANGES_MAX);
  const more = addresses.length - shown.length;
  const row = [
    pool,
    shown.join(",") + (more === 0 ? "" : ` and ${more} more`),
    useText(use.IPv4),
    useText(use.IPv6),
    autoAssign ? "yes" : "no",
  ];
  return width === "narrow" ? row : [
    ...row,
    `${quarantined}`,
    allocationText(serviceAllocation),
    advertisedBy.join(",") || NONE,
  ];
}

const NONE = "-";

/** Which Services a pool is for: namespaces by name or selector, Services by selector. */
function allocationText(allocation: PoolOverview["serviceAllocation"]): string {
  if (allocation === undefined) return "all";
  const { priority, namespaces, namespaceSelectors, serviceSelectors } = allocation;
  const parts = [
    ...namespaces,
    ...namespaceSelectors.length === 0 ? [] : ["namespaces by label"],
    ...serviceSelectors.length === 0 ? [] : ["Services by label"],
    ...priority === undefined ? [] : [`priority ${priority}`],
  ];
  return parts.join(",") || "all";
}

function useText({ assigned, total }: FamilyUse): string {
  return total === 0n ? NONE : `${assigned}/${total}`;
}

/** A row for each address, the name of the Service in the first. */
function serviceRows(
  { service, addresses, verdict }: ServiceOverview,
  width: Width,
): readonly (readonly string[])[] {
  const gate = verdict.failsAt ?? "";
  const listed = addresses.length === 0 ? [undefined] : addresses;
  return listed.map((each, i) => {
    const row = [
      i === 0 ? service : "",
      each?.address ?? "<pending>",
      each?.pool ?? NONE,
      each?.node ?? NONE,
    ];
    if (width === "narrow") return [...row, i === 0 ? gate : ""];
    const why = gate === "" || i > 0 ? "" : verdict.summary;
    return [...row, each?.since ?? NONE, i === 0 ? gate : "", why];
  });
}

function nodeRow(
  { node, hasSpeaker, ready, announced, interfaces }: NodeOverview,
  width: Width,
): readonly string[] {
  const row = [node, hasSpeaker ? "yes" : "no", ready ?? NONE, `${announced}`];
  return width === "narrow" ? row : [...row, interfaces.join(",") || NONE];
}
