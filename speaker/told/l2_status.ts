/**
 * ServiceL2Status objects, which tell users and their tools the node that announces a Service, as MetalLB's
 * do: one object for each Service, by the node that holds the Service's first address.
 */
import { METALLB_V1BETA1 } from "../../config/custom.ts";
import { objectAt, objectsAt, recordAt, stringAt } from "../../kube/json.ts";
import { ownedByNode, parseMeta } from "../../kube/resources.ts";
import { keyOf, type Resource } from "../../kube/resource.ts";
import type { JsonObject, ObjectMeta, ObjectReference } from "../../kube/types.ts";
import { formatDigest, sha256 } from "../ownership/sha256.ts";

/** Label of a status: the node that announces. */
export const NODE_LABEL = "metallb.io/node";
/** Label of a status: the name of the Service. */
export const NAME_LABEL = "metallb.io/service-name";
/** Label of a status: the namespace of the Service. */
export const NAMESPACE_LABEL = "metallb.io/service-namespace";

/** A ServiceL2Status as the API has it. */
export interface L2Status {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The value of the node label. */
  readonly nodeLabel: string | undefined;
  /** `namespace/name` of the Service, from the labels. */
  readonly service: string;
  /** Whether it has the one name under which every node looks for it. */
  readonly isNamedAfterService: boolean;
  /** Absent where the status was not written yet. */
  readonly node: string | undefined;
  readonly interfaces: readonly string[];
}

/** What this node wants said of one Service. */
export interface WantedL2Status {
  readonly node: string;
  readonly service: Pick<ObjectReference, "namespace" | "name">;
  readonly interfaceName: string;
  /** When the address was claimed: ms, monotonic. */
  readonly since: number;
}

/** The kind, with the fields that are compared. */
export const L2_STATUSES: Resource<L2Status> = {
  apiVersion: METALLB_V1BETA1,
  kind: "ServiceL2Status",
  plural: "servicel2statuses",
  scope: "Namespaced",
  parse: parseL2Status,
};

function parseL2Status(object: JsonObject): L2Status {
  const { name, uid, resourceVersion } = parseMeta(object);
  const status = objectAt(object, "status");
  const labels = recordAt(objectAt(object, "metadata"), "labels");
  const service = { namespace: labels[NAMESPACE_LABEL] ?? "", name: labels[NAME_LABEL] ?? "" };
  return {
    name,
    uid,
    resourceVersion,
    nodeLabel: labels[NODE_LABEL],
    service: keyOf(service),
    isNamedAfterService: name === l2StatusName(service),
    node: stringAt(status, "node"),
    interfaces: objectsAt(status, "interfaces").map((face) => stringAt(face, "name") ?? ""),
  };
}

/**
 * The name of a Service's object. MetalLB's are `l2-` and chance; these are the same on every node, so that
 * there cannot be two for a Service, and whoever takes over finds the old one without looking for it.
 */
export function l2StatusName(service: Pick<ObjectReference, "namespace" | "name">): string {
  return `l2-${formatDigest(sha256(`${service.namespace}/${service.name}`)).slice(0, 16)}`;
}

/** The node as the value of a label: 63 characters are allowed there, and 253 in a node's name. */
export function nodeLabelOf(node: string): string {
  return node.length <= 63 ? node : formatDigest(sha256(node)).slice(0, 63);
}

/** A new object. What the status says has to be written to it, see `l2StatusOf`. */
export function newL2Status(wanted: WantedL2Status, owner: ObjectMeta | undefined): JsonObject {
  const { node, service } = wanted;
  return {
    apiVersion: L2_STATUSES.apiVersion,
    kind: L2_STATUSES.kind,
    metadata: {
      name: l2StatusName(service),
      labels: {
        [NODE_LABEL]: nodeLabelOf(node),
        [NAME_LABEL]: service.name,
        [NAMESPACE_LABEL]: service.namespace,
      },
      ...ownedByNode(owner),
    },
    spec: {},
  };
}

/** What the status says, as a patch. */
export function l2StatusOf({ node, service, interfaceName }: WantedL2Status): JsonObject {
  const interfaces = [{ name: interfaceName }];
  return {
    status: {
      node,
      serviceName: service.name,
      serviceNamespace: service.namespace,
      interfaces,
    },
  };
}
