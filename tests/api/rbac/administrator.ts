import { isObject, objectAt, objectsAt, stringAt } from "../../../kube/json.ts";
import { isNotFound, type JsonObject, type Kube, mergePatch, pathOf } from "../../../kube/mod.ts";

/** One message of the Events about an object. */
export interface Told {
  /** `reason: message`. */
  readonly text: string;
  readonly count: number;
}

interface Kind {
  readonly apiVersion: string;
  readonly plural: string;
  readonly isInCluster?: true;
}

/** The kinds that are written and read here, by name. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["Namespace", { apiVersion: "v1", plural: "namespaces", isInCluster: true }],
  ["Node", { apiVersion: "v1", plural: "nodes", isInCluster: true }],
  ["Service", { apiVersion: "v1", plural: "services" }],
  ["ConfigMap", { apiVersion: "v1", plural: "configmaps" }],
  ["Event", { apiVersion: "v1", plural: "events" }],
  ["ServiceAccount", { apiVersion: "v1", plural: "serviceaccounts" }],
  ["EndpointSlice", { apiVersion: "discovery.k8s.io/v1", plural: "endpointslices" }],
  ["Lease", { apiVersion: "coordination.k8s.io/v1", plural: "leases" }],
  ["Role", { apiVersion: "rbac.authorization.k8s.io/v1", plural: "roles" }],
  ["RoleBinding", { apiVersion: "rbac.authorization.k8s.io/v1", plural: "rolebindings" }],
  ["ClusterRole", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "clusterroles",
    isInCluster: true,
  }],
  ["ClusterRoleBinding", {
    apiVersion: "rbac.authorization.k8s.io/v1",
    plural: "clusterrolebindings",
    isInCluster: true,
  }],
  ["IPAddressPool", { apiVersion: "metallb.io/v1beta1", plural: "ipaddresspools" }],
  ["L2Advertisement", { apiVersion: "metallb.io/v1beta1", plural: "l2advertisements" }],
  ["BGPPeer", { apiVersion: "metallb.io/v1beta2", plural: "bgppeers" }],
  ["BGPAdvertisement", { apiVersion: "metallb.io/v1beta1", plural: "bgpadvertisements" }],
  ["BFDProfile", { apiVersion: "metallb.io/v1beta1", plural: "bfdprofiles" }],
  ["Community", { apiVersion: "metallb.io/v1beta1", plural: "communities" }],
  ["ServiceL2Status", { apiVersion: "metallb.io/v1beta1", plural: "servicel2statuses" }],
  ["ConfigurationState", { apiVersion: "metallb.io/v1beta1", plural: "configurationstates" }],
]);

const LIMIT_MS = 30_000;

/** Somebody who may do everything, in one namespace and with the objects of no namespace. */
export class Administrator {
  readonly #kube: Kube;
  readonly #namespace: string;

  constructor(kube: Kube, namespace: string) {
    this.#kube = kube;
    this.#namespace = namespace;
  }

  /** Creates an object of this kind, and writes its status where it has one. */
  async create(kindName: string, name: string, content: JsonObject = {}): Promise<void> {
    const kind = kindOf(kindName);
    const { metadata, status, ...rest } = content;
    const body = {
      ...rest,
      apiVersion: kind.apiVersion,
      kind: kindName,
      metadata: { ...(isObject(metadata) ? metadata : {}), name },
    };
    const at = kind.isInCluster === true ? {} : { namespace: this.#namespace };
    await this.call({ method: "POST", path: pathOf(kind, at), body });
    if (isObject(status)) await this.patch(kindName, name, { status }, "status");
  }

  /** Merges changes into an object, or one of its subresources. */
  async patch(
    kindName: string,
    name: string,
    changes: JsonObject,
    subresource?: string,
  ): Promise<void> {
    const kind = kindOf(kindName);
    await this.call(mergePatch(kind, { namespace: this.#where(kind), name }, changes, subresource));
  }

  /** The object, where it is there. */
  async read(kindName: string, name: string): Promise<JsonObject | undefined> {
    const kind = kindOf(kindName);
    try {
      const path = pathOf(kind, { namespace: this.#where(kind), name });
      return await this.call({ method: "GET", path });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** All objects of a kind. */
  async list(kindName: string): Promise<readonly JsonObject[]> {
    const kind = kindOf(kindName);
    const path = pathOf(kind, { namespace: this.#where(kind) });
    return objectsAt(await this.call({ method: "GET", path }), "items");
  }

  /** What was told about the object of this name. */
  async told(about: string): Promise<readonly Told[]> {
    const events = await this.list("Event");
    return events.filter((event) => stringAt(objectAt(event, "involvedObject"), "name") === about)
      .map((event) => ({
        text: `${stringAt(event, "reason")}: ${stringAt(event, "message")}`,
        count: Number(event["count"] ?? 1),
      }));
  }

  /** One call, its answer an object. @throws KubeError */
  async call(call: Parameters<Kube["request"]>[0]): Promise<JsonObject> {
    const answer = await this.#kube.request(call, AbortSignal.timeout(LIMIT_MS));
    if (!isObject(answer)) throw new TypeError(`Cannot read answer of "${call.path}"`);
    return answer;
  }

  #where({ isInCluster }: Kind): string {
    return isInCluster === true ? "" : this.#namespace;
  }
}

function kindOf(name: string): Kind {
  const kind = KINDS.get(name);
  if (kind === undefined) throw new RangeError(`Cannot find kind "${name}"`);
  return kind;
}
