import { type ClientMetrics, createClientMetrics } from "../ops/client_metrics.ts";
import { Counter, Gauge, type Registry } from "../ops/prometheus.ts";
import type { PoolUsage } from "./usage.ts";

/** What the leader counts. Names that MetalLB has are kept. */
export interface ControllerMetrics extends ClientMetrics {
  readonly leading: (isLeading: boolean) => void;
  readonly acted: (kind: string, outcome: string) => void;
  /** A Service was told that it does not get what it asks for. */
  readonly refused: (kind: string) => void;
  /** How many addresses are in quarantine, by name of the pool in force. */
  readonly quarantined: (byPool: ReadonlyMap<string, number>) => void;
  /** Of the pools in force; pools that are not among them disappear. */
  readonly pools: (usage: readonly PoolUsage[]) => void;
  /** Of some of the pools in force; the others stay as they are. */
  readonly changedPools: (usage: readonly PoolUsage[]) => void;
  /** So many Services were decided otherwise by change than all at once. */
  readonly auditDiffered: (count: number) => void;
}

/** Registers the leader's metrics. */
export function createControllerMetrics(registry: Registry): ControllerMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers });
  const perPool = (name: string, help: string): Gauge<"pool"> =>
    new Gauge({ name, help, labelNames: ["pool"], registers });
  const leading = gauge(
    "lanlord_leader_is_leading",
    "1 while this process holds the leader's Lease",
  );
  const actions = new Counter({
    name: "lanlord_leader_actions_total",
    help: "Writes to Services by kind (assign, release, report) and outcome",
    labelNames: ["kind", "outcome"],
    registers,
  });
  const refusals = new Counter({
    name: "lanlord_leader_refusals_total",
    help: "Services told that they do not get what they ask for, by the gate that was closed",
    labelNames: ["kind"],
    registers,
  });
  const audits = new Counter({
    name: "lanlord_leader_audit_differences_total",
    help:
      "Services about which a decision about everything came to something else; 0 unless there is a fault",
    registers,
  });
  const pools = poolGauges(perPool);
  const quarantined = perPool(
    "lanlord_addresses_quarantined",
    "Addresses that are not given out, because a machine that is no node uses or used them",
  );
  return {
    ...createClientMetrics(registry),
    leading: (isLeading) => leading.set(Number(isLeading)),
    acted: (kind, outcome) => actions.inc({ kind, outcome }),
    refused: (kind) => refusals.inc({ kind }),
    quarantined: (byPool) => {
      quarantined.reset();
      for (const [pool, count] of byPool) quarantined.set({ pool }, count);
    },
    pools: (usage) => {
      pools.reset();
      pools.set(usage);
    },
    changedPools: pools.set,
    auditDiffered: (count) => audits.inc(count),
  };
}

interface PoolGauges {
  readonly reset: () => void;
  readonly set: (usage: readonly PoolUsage[]) => void;
}

function poolGauges(
  perPool: (name: string, help: string) => Gauge<"pool">,
): PoolGauges {
  const total = perPool(
    "metallb_allocator_addresses_total",
    "Addresses that the pool may give out",
  );
  const used = perPool("metallb_allocator_addresses_in_use_total", "Distinct addresses in use");
  const ipv4Total = perPool("metallb_allocator_ipv4_addresses_total", "Of these, IPv4");
  const ipv4Used = perPool("metallb_allocator_ipv4_addresses_in_use_total", "Of these, IPv4");
  const ipv6Total = perPool("metallb_allocator_ipv6_addresses_total", "Of these, IPv6");
  const ipv6Used = perPool("metallb_allocator_ipv6_addresses_in_use_total", "Of these, IPv6");
  const all = [total, used, ipv4Total, ipv4Used, ipv6Total, ipv6Used];
  return {
    reset: () => all.forEach((each) => each.reset()),
    set: (usage) => {
      for (const { pool, total: size, used: count } of usage) {
        total.set({ pool }, Number(size.IPv4 + size.IPv6));
        used.set({ pool }, count.IPv4 + count.IPv6);
        ipv4Total.set({ pool }, Number(size.IPv4));
        ipv4Used.set({ pool }, count.IPv4);
        ipv6Total.set({ pool }, Number(size.IPv6));
        ipv6Used.set({ pool }, count.IPv6);
      }
    },
  };
}
