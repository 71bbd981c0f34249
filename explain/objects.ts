/** Which objects a cluster is known by, and what is kept of those that no other folder reads. */
import type { ConfigInput } from "../config/assemble.ts";
import {
  CONFIGURATION_ROLE_LABEL,
  CONFIGURATION_STATES,
  CONTROLLER_ROLE,
} from "../config/configuration_state.ts";
import type { BGP_KINDS } from "../config/resources.ts";
import { objectAt, stringAt } from "../kube/json.ts";
import type { Resource } from "../kube/resource.ts";
import { parseMeta } from "../kube/resources.ts";
import type {
  ConfigMap,
  CustomResource,
  EndpointSlice,
  JsonObject,
  Lease,
  Namespace,
  Node,
  ObjectMeta,
  Service,
} from "../kube/types.ts";
import { L2_STATUSES, type L2Status } from "../speaker/told/l2_status.ts";

/** Which node announces a Service, as its speaker wrote it. */
export interface Announcer {
  /** `namespace/name` of the Service. */
  readonly service: string;
  readonly node: string;
  /** Empty where it is not told. */
  readonly interfaces: readonly string[];
  /** RFC 3339. */
  readonly since: string;
}

/** ServiceL2Status objects: whoever takes a Service over puts a new one in place of the old. */
export const ANNOUNCERS: Resource<Announcer> = {
  ...L2_STATUSES,
  parse: (object) => announcerOf(L2_STATUSES.parse(object), object),
};

/** What the leader says of the configuration, by the object that it keeps of itself. */
export interface LeaderReport {
  readonly meta: ObjectMeta;
  /** Why the configuration is not used as it is written, a cause a line; absent where it is. */
  readonly refusal?: string;
}

/** ConfigurationState objects; those of the speakers are left out. */
export const LEADER_REPORTS: Resource<LeaderReport> = {
  ...CONFIGURATION_STATES,
  scope: "Namespaced",
  parse: parseLeaderReport,
};

/** Events `nodeAssigned` of the speakers, which are there for an hour or so. */
export const ASSIGNMENT_EVENTS: Resource<Announcer> = {
  apiVersion: "v1",
  kind: "Event",
  plural: "events",
  scope: "Namespaced",
  parse: parseAssignmentEvent,
};

/** The reason that `ASSIGNMENT_EVENTS` have; a field selector can ask for it. */
export const ASSIGNMENT_REASON = "nodeAssigned";

/** The objects of a cluster, as far as they could be read; of some kinds more than is wanted. */
export interface ClusterObjects {
  readonly configMaps: readonly ConfigMap[];
  readonly pools: readonly CustomResource[];
  readonly l2Advertisements: readonly CustomResource[];
  /** Empty where one of the kinds could not be read. */
  readonly bgp: Pick<ConfigInput, keyof typeof BGP_KINDS>;
  readonly services: readonly Service[];
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly leases: readonly Lease[];
  readonly announcers: readonly Announcer[];
  readonly leaderReports: readonly LeaderReport[];
  readonly assignmentEvents: readonly Announcer[];
}

function parseLeaderReport(object: JsonObject): LeaderReport | undefined {
  const meta = parseMeta(object);
  if (meta.labels[CONFIGURATION_ROLE_LABEL] !== CONTROLLER_ROLE) return undefined;
  const status = objectAt(object, "status");
  if (stringAt(status, "result") !== "Invalid") return { meta };
  return { meta, refusal: stringAt(status, "errorSummary") ?? "" };
}

function announcerOf(status: L2Status | undefined, object: JsonObject): Announcer | undefined {
  if (status?.node === undefined) return undefined;
  const { service, node, interfaces } = status;
  return { service, node, interfaces, since: parseMeta(object).creationTimestamp };
}

function parseAssignmentEvent(object: JsonObject): Announcer | undefined {
  if (object["reason"] !== ASSIGNMENT_REASON) return undefined;
  const about = objectAt(object, "involvedObject");
  const node = /^announcing from node "([^"]+)"/.exec(stringAt(object, "message") ?? "")?.[1];
  if (stringAt(about, "kind") !== "Service" || node === undefined) return undefined;
  const since = stringAt(object, "lastTimestamp") ?? stringAt(object, "eventTime") ?? "";
  const service = `${stringAt(about, "namespace") ?? ""}/${stringAt(about, "name") ?? ""}`;
  return { service, node, interfaces: [], since };
}
