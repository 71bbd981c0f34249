import { childOf } from "../config/tree.ts";
import { heldBy } from "../controller/request.ts";
import { equalIp, formatIp, type IpAddress, parseIp } from "../ip/address.ts";
import type { JsonObject } from "../kube/types.ts";
import type { FoundService } from "./left.ts";
import type { Names } from "./names.ts";
import type { Note } from "./note.ts";
import { type FoundObject, nameObject } from "./objects.ts";
import { type Origin, resourceOf } from "./resource.ts";
import { itemsIn, recordIn, textIn } from "./values.ts";

/** Labels of k3s' ServiceLB: on Nodes that take part, on Nodes and Services of one group, on its own objects. */
const ENABLE = "svccontroller.k3s.cattle.io/enablelb";
const POOL = "svccontroller.k3s.cattle.io/lbpool";
const SERVICE_NAME = "svccontroller.k3s.cattle.io/svcname";
const SERVICE_NAMESPACE = "svccontroller.k3s.cattle.io/svcnamespace";

/** What k3s' ServiceLB left. */
export interface LeftByServiceLb {
  /** Services whose addresses are those of nodes. */
  readonly services: readonly FoundService[];
  /** L2Advertisements that keep to the nodes that it used. */
  readonly objects: readonly JsonObject[];
  readonly notes: readonly Note[];
}

/**
 * Finds the Services that ServiceLB serves (https://docs.k3s.io/networking/networking-services): it gives them the
 * addresses of nodes, which no pool can have. Known by the Nodes' addresses, by its DaemonSets, or by several
 * addresses of one family.
 */
export function readServiceLb(
  objects: readonly FoundObject[],
  services: readonly FoundService[],
  origin: Origin,
  names: Names,
): LeftByServiceLb {
  const nodes = nodeAddresses(objects);
  const served = new Set(objects.filter(({ kind }) => kind === "DaemonSet").flatMap(servedBy));
  const own = services.filter(({ service, object }) => {
    const held = heldBy(service);
    return served.has(`${object.namespace}/${object.name}`) ||
      held.some((each) => nodes.some(({ address }) => equalIp(address, each)));
  });
  return {
    services: own,
    objects: own.length === 0 ? [] : advertisementsFor(objects, own, origin, names),
    notes: own.map(({ service, object }) => noteLost(object, heldBy(service))),
  };
}

/** The addresses of the Nodes, and whose they are. */
export function nodeAddresses(
  objects: readonly FoundObject[],
): readonly { readonly node: string; readonly address: IpAddress }[] {
  return objects.filter(({ apiVersion, kind }) => apiVersion === "v1" && kind === "Node")
    .flatMap(({ name, tree }) =>
      itemsIn(childOf(tree, "status"), "addresses").flatMap((item) => {
        const address = parseIp(textIn(item, "address") ?? "");
        return address === undefined ? [] : [{ node: name, address }];
      })
    );
}

function servedBy({ tree }: FoundObject): readonly string[] {
  const labels = recordIn(childOf(tree, "metadata"), "labels");
  const { [SERVICE_NAME]: name, [SERVICE_NAMESPACE]: namespace } = labels;
  return name === undefined || namespace === undefined ? [] : [`${namespace}/${name}`];
}

function noteLost(object: FoundObject, held: readonly IpAddress[]): Note {
  const which = held.map(formatIp).join(", ") || "none";
  const message =
    `Addresses of ${nameObject(object)} (${which}): they are the nodes' own; start k3s ` +
    'with "--disable servicelb", write an IPAddressPool with free addresses of the network, and ' +
    "point what knows the old ones to the new one";
  return { kind: "lost", place: object.place, message };
}

/** Its choice of nodes, in as many L2Advertisements as there are groups; none where it used all nodes. */
function advertisementsFor(
  objects: readonly FoundObject[],
  own: readonly FoundService[],
  origin: Origin,
  names: Names,
): readonly JsonObject[] {
  const isLimited = objects.some(({ kind, tree }) =>
    kind === "Node" && recordIn(childOf(tree, "metadata"), "labels")[ENABLE] === "true"
  );
  const groups = new Set(own.flatMap(({ service }) => service.meta.labels[POOL] ?? []));
  const enabled: JsonObject = isLimited ? { [ENABLE]: "true" } : {};
  const grouped = [...groups].toSorted().map((group) =>
    resourceOf("L2Advertisement", names.take("L2Advertisement", `lbpool-${group}`), origin, {
      nodeSelectors: [{ matchLabels: { ...enabled, [POOL]: group } }],
      serviceSelectors: [{ matchLabels: { [POOL]: group } }],
    })
  );
  if (!isLimited && grouped.length === 0) return [];
  const others = resourceOf("L2Advertisement", names.take("L2Advertisement", "servicelb"), origin, {
    ...isLimited && { nodeSelectors: [{ matchLabels: enabled }] },
    ...grouped.length > 0 &&
      { serviceSelectors: [{ matchExpressions: [{ key: POOL, operator: "DoesNotExist" }] }] },
  });
  return [...grouped, others];
}
