import { formatProblem } from "../config/mod.ts";
import type { FamilyUse, Overview } from "../explain/mod.ts";

/** What `lanlord status -o json` prints; docs/reference.md describes it. */
export function overviewJson(overview: Overview): string {
  const { leader: { state, holder, since }, pools, services, nodes, problems, unread } = overview;
  return JSON.stringify(
    {
      leader: { state, holder, since },
      pools: pools.map(({ use, ...pool }) => ({
        ...pool,
        ipv4: useJson(use.IPv4),
        ipv6: useJson(use.IPv6),
      })),
      services: services.map(({ service, addresses, verdict }) => ({
        ...{ service, satisfied: verdict.isSatisfied, addresses },
        failsAt: verdict.failsAt,
        summary: verdict.summary,
      })),
      nodes: nodes.map(({ node, hasSpeaker, ready, interfaces, announced }) => ({
        ...{ node, speaker: hasSpeaker, ready, interfaces, announced },
      })),
      problems: problems.map((problem) => ({
        severity: problem.severity,
        text: formatProblem(problem),
      })),
      unread,
    },
    undefined,
    2,
  );
}

/** JSON numbers are exact up to 2^53 - 1: a pool that has more addresses has that many. */
function useJson(
  { assigned, total }: FamilyUse,
): { readonly assigned: number; readonly available: number; readonly total: number } {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  const exact = (value: bigint): number => Number(value > most ? most : value);
  return { assigned, available: Math.max(0, exact(total - BigInt(assigned))), total: exact(total) };
}
