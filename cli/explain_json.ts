import type { AddressVerdict, Gate, NodeVerdict, UnreadKind, Verdict } from "../explain/mod.ts";

/** What `lanlord explain -o json` prints of a Service; docs/reference.md describes it. */
export interface VerdictJson {
  readonly service: string;
  readonly satisfied: boolean;
  /** Absent where it is satisfied. */
  readonly failsAt?: Gate["gate"];
  readonly summary: string;
  readonly gates: readonly Gate[];
  readonly addresses: readonly AddressJson[];
}

interface AddressJson extends Omit<AddressVerdict, "announcement"> {
  readonly gates: readonly Gate[];
  /** Of one Service that is asked for. */
  readonly nodes?: readonly NodeVerdict[];
}

/** What `lanlord explain -o json` prints of many. */
export interface VerdictListJson {
  /** Those that are not satisfied. */
  readonly services: readonly VerdictJson[];
  /** How many were looked at. */
  readonly checked: number;
  readonly unread: readonly UnreadKind[];
}

/** The verdict as JSON has it. @param nodesOf absent: without the nodes */
export function verdictJson(
  { isSatisfied: satisfied, assignment, addresses, service, failsAt, summary }: Verdict,
  nodesOf?: (address: string) => readonly NodeVerdict[],
): VerdictJson {
  return {
    ...{ service, satisfied },
    ...failsAt === undefined ? {} : { failsAt },
    ...{ summary, gates: assignment },
    addresses: addresses.map(({ announcement, ...rest }) => ({
      ...rest,
      gates: announcement,
      ...nodesOf === undefined ? {} : { nodes: nodesOf(rest.address) },
    })),
  };
}
