import type { JsonObject } from "../kube/types.ts";
import type { PoolUsage } from "./usage.ts";

/** The greatest int64 that a JSON number of this language can say. */
const MOST = 9_223_372_036_854_774_784n;

/** The status of an IPAddressPool, in MetalLB's fields: distinct addresses assigned, and how many are left. */
export function poolStatusOf({ total, used }: PoolUsage): JsonObject {
  return {
    assignedIPv4: used.IPv4,
    assignedIPv6: used.IPv6,
    availableIPv4: left(total.IPv4, used.IPv4),
    availableIPv6: left(total.IPv6, used.IPv6),
  };
}

function left(total: bigint, used: number): number {
  const rest = total - BigInt(used);
  return Number(rest < 0n ? 0n : rest > MOST ? MOST : rest);
}
