import type { Kind } from "../kind.ts";
import { DAEMON_SET, DEPLOYMENT, REPLICA_SET } from "./apps.ts";
import { CONFIG_MAP, ENDPOINT_SLICE, ENDPOINTS, LEASE, NAMESPACE, SECRET } from "./core.ts";
import { SERVICE_ACCOUNT } from "./core.ts";
import { CUSTOM_RESOURCE_DEFINITION } from "./crd.ts";
import { EVENT, EVENT_V1 } from "./event.ts";
import { INERT_KINDS } from "./inert.ts";
import { NODE } from "./node.ts";
import { POD } from "./pod.ts";
import { SERVICE } from "./service.ts";

/** Every kind that the server serves from the start, in the order of `kubectl api-resources`. */
export const BUILT_IN_KINDS: readonly Kind[] = [
  CONFIG_MAP,
  ENDPOINTS,
  EVENT,
  NAMESPACE,
  NODE,
  POD,
  SECRET,
  SERVICE_ACCOUNT,
  SERVICE,
  CUSTOM_RESOURCE_DEFINITION,
  DAEMON_SET,
  DEPLOYMENT,
  REPLICA_SET,
  LEASE,
  ENDPOINT_SLICE,
  EVENT_V1,
  ...INERT_KINDS,
];
