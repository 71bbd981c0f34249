import type { GateName } from "../controller/gate.ts";
import type { Ownership } from "../controller/request.ts";
import type { Service } from "../kube/types.ts";
import type { Gate } from "./gate.ts";
import type { Matter } from "./matter.ts";

/** Whether type and class of a Service are ours. */
export function classGate(
  { rules: { lbClass } }: Matter,
  { type, loadBalancerClass }: Service,
  ownership: Ownership,
): Gate<GateName> {
  const gate = "class";
  if (ownership === "other-type") {
    const found = `the Service is of type ${type}`;
    return { gate, result: "fail", found, cure: 'set spec.type to "LoadBalancer"' };
  }
  const own = loadBalancerClass === undefined ? "no class" : `class "${loadBalancerClass}"`;
  if (ownership === "ours") return { gate, result: "pass", found: `type LoadBalancer, ${own}` };
  const wanted = lbClass === undefined ? "without a class" : `of class "${lbClass}"`;
  return {
    gate,
    result: "fail",
    found: `the Service has ${own}; served are Services ${wanted}`,
    cure: loadBalancerClass === undefined
      ? "create it anew with that spec.loadBalancerClass, or run a leader without --lb-class"
      : `create it anew without spec.loadBalancerClass, or run a leader with --lb-class ${loadBalancerClass}`,
  };
}
