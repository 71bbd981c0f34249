/** Clusters for tests. */
import type { ConfigInput } from "../config/assemble.ts";
import { inputOf, layer2Pools, resource } from "../config/testing.ts";
import type { Lease } from "../kube/types.ts";
import { faceOf, nodeOf } from "../speaker/testing.ts";
import type { ClusterSnapshot } from "../explain/snapshot.ts";

/** When the clusters of tests are read: 2026-01-01T00:00:00Z. */
export const READ_AT_MS: number = Date.UTC(2026, 0, 1);

/** A ConfigMap with pool `lan`, four addresses of 192.168.0.0/24, announced by every node. */
export const LAN: ConfigInput = inputOf({
  configMap: layer2Pools({ lan: ["192.168.0.200-192.168.0.203"] }),
});

/** One pool for all, one for namespace `shop` alone. */
export const KEPT: Pick<ClusterSnapshot, "config"> = {
  config: inputOf({
    pools: [
      resource("all", { addresses: ["192.168.0.1/32"] }),
      resource("kept", {
        addresses: ["192.168.0.2/32"],
        serviceAllocation: { namespaces: ["shop"] },
      }),
    ],
  }),
};

/** A cluster of two nodes with speakers on 192.168.0.0/24, and a leader; `change` goes over that. */
export function clusterOf(change: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return {
    config: LAN,
    services: [],
    namespaces: [],
    nodes: [nodeOf("n1"), nodeOf("n2")],
    endpointSlices: [],
    presences: new Map([
      ["n1", [faceOf("eth0", 1, "192.168.0.0/24")]],
      ["n2", [faceOf("eth0", 2, "192.168.0.0/24")]],
    ]),
    conflicts: [],
    announcers: new Map(),
    leaderLease: leaseOf("leader-a", "2025-12-31T23:59:58.000000Z"),
    unread: [],
    readAtMs: READ_AT_MS,
    ...change,
  };
}

/** The leader's Lease. */
export function leaseOf(holderIdentity: string | undefined, renewTime: string | undefined): Lease {
  const meta = {
    ...{ namespace: "metallb-system", name: "lanlord-leader", uid: "1", resourceVersion: "1" },
    ...{ creationTimestamp: "", labels: {}, annotations: {}, deletionTimestamp: undefined },
  };
  const acquireTime = "2025-12-31T12:00:00.000000Z";
  return {
    ...{ meta, holderIdentity, renewTime, acquireTime },
    ...{ leaseDurationSeconds: 15, leaseTransitions: 0 },
  };
}
