import { unreadReason } from "./snapshot.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** Whether anybody is there who assigns addresses. */
export interface LeaderState {
  /**
   * - `leads`: it renewed its Lease lately, or, in files, held it when they were written;
   * - `silent`: it did not;
   * - `nobody`: nobody holds the Lease;
   * - `unknown`: the Lease could not be read.
   */
  readonly state: "leads" | "silent" | "nobody" | "unknown";
  /** Who holds the Lease. */
  readonly holder?: string;
  /** RFC 3339. */
  readonly since?: string;
  /** The state, for people. */
  readonly found: string;
  /** What to do where an address is not assigned. */
  readonly cure: string;
}

/** How far the clocks of this machine and the leader's may differ. */
const CLOCKS_MS = 30_000;

const LEASE_MS = 15_000;

/** Looks at the leader's Lease. */
export function leaderOf(
  cluster: Pick<ClusterSnapshot, "leaderLease" | "unread" | "readAtMs">,
): LeaderState {
  const { leaderLease: lease, readAtMs } = cluster;
  if (lease === undefined && unreadReason(cluster, "Lease") !== undefined) {
    return {
      state: "unknown",
      found: "whether a leader is there is not known",
      cure: "look whether lanlord leader runs, and into its log",
    };
  }
  const holder = lease?.holderIdentity;
  if (lease === undefined || holder === undefined || holder === "") {
    return { state: "nobody", found: "no leader leads", cure: "start lanlord leader" };
  }
  const since = lease.acquireTime ?? "";
  const renewedMs = Date.parse(lease.renewTime ?? "");
  const lateMs = (lease.leaseDurationSeconds ?? 0) * 1000 || LEASE_MS;
  if (readAtMs !== undefined && !(readAtMs - renewedMs <= lateMs + CLOCKS_MS)) {
    return {
      state: "silent",
      ...{ holder, since },
      found: `leader "${holder}" has not renewed its Lease since ${lease.renewTime ?? "ever"}`,
      cure: "start lanlord leader",
    };
  }
  return {
    state: "leads",
    ...{ holder, since },
    found: `leader "${holder}" leads`,
    cure: `wait a moment; then look into the log of leader "${holder}"`,
  };
}
