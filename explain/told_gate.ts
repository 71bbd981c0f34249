import { currentCondition } from "../controller/condition.ts";
import { type GateName, gateOfReason } from "../controller/gate.ts";
import type { Service } from "../kube/types.ts";
import type { Gate } from "./gate.ts";

/**
 * What the leader refused, by the condition that it wrote: the only witness where its configuration is not to be
 * seen, because the objects have errors since, or may not be read. `undefined` where it refused nothing, or had
 * no configuration itself.
 */
export function toldGate(service: Service): Gate<GateName> | undefined {
  const condition = currentCondition(service);
  if (condition?.status !== "False") return undefined;
  const gate = gateOfReason(condition.reason);
  if (gate === undefined || gate === "configuration") return undefined;
  const [found = "", cure] = condition.message.split("; to solve it: ");
  return {
    ...{ gate, result: "fail", found: `the leader says: ${found}`, reason: condition.reason },
    ...cure === undefined ? {} : { cure },
  };
}
