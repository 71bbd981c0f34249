import type { Config } from "../config/config.ts";
import { decide } from "../controller/decide.ts";
import type { Action } from "../controller/plan.ts";
import { quarantineOf } from "../controller/quarantine.ts";
import type { Refusal } from "../controller/refusal.ts";
import { objectAt, objectsAt, recordAt, stringAt } from "../kube/json.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** A cluster after the leader has done all that there is to do. */
export interface Settlement {
  readonly services: readonly Service[];
  /** Why Services do not have what they ask for, or could not keep what they had, by `namespace/name`. */
  readonly refusals: ReadonlyMap<string, Refusal>;
}

/** What is given up in one decision is given out in the next; more than a few are never needed. */
const MAX_ROUNDS = 10;

/** Decides and applies, as the leader does against an API that takes every write, until nothing is left to do. */
export function settle(
  cluster: ClusterSnapshot,
  config: Config,
  lbClass: string | undefined,
): Settlement {
  const namespaces = new Map(cluster.namespaces.map((each) => [each.meta.name, each]));
  const quarantine = quarantineOf(cluster.conflicts);
  const setAside = { quarantine, allowance: { left: Infinity, begun: new Set<string>() } };
  const refusals = new Map<string, Refusal>();
  let services = cluster.services;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const snapshot = { config, services, namespaces, setAside, lbClass, now: "" };
    const { decisions, actions } = decide(snapshot);
    for (const [key, { refusal, cleared }] of decisions) {
      const why = refusal ?? cleared[0];
      if (why !== undefined) refusals.set(key, why);
    }
    if (actions.every(({ kind }) => kind === "report")) break;
    const byKey = new Map(actions.map((action) => [keyOf(action.service.meta), action]));
    services = services.map((service) => applied(service, byKey.get(keyOf(service.meta))));
  }
  return { services, refusals };
}

/** The Service with the addresses and annotations that an action writes. */
function applied(service: Service, action: Action | undefined): Service {
  if (action === undefined) return service;
  const { meta } = service;
  const status = objectAt(action.patch, "status");
  const patch = objectAt(objectAt(action.patch, "metadata"), "annotations");
  const kept = Object.entries(meta.annotations).filter(([name]) => patch[name] !== null);
  const set = recordAt(objectAt(action.patch, "metadata"), "annotations");
  const annotations = { ...Object.fromEntries(kept), ...set };
  const ingress = objectsAt(objectAt(status, "loadBalancer"), "ingress")
    .map((entry) => ({ ip: stringAt(entry, "ip"), hostname: undefined }));
  return {
    ...service,
    meta: { ...meta, annotations },
    ingress: "loadBalancer" in status ? ingress : service.ingress,
  };
}
