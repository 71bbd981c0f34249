import type { JsonObject } from "../../../kube/types.ts";
import { ageColumn, labelsText, nameColumn, textColumn } from "../column.ts";
import { defineKind } from "../define.ts";
import { listAt, mapAt, numberAt, textAt } from "../json.ts";
import {
  defaulted,
  flag,
  free,
  integer,
  intOrString,
  keyed,
  list,
  map,
  object,
  text,
} from "../schema/build.ts";
import { CONDITIONS, root } from "./meta.ts";
import { checkService, prepareService, prepareServiceStatus } from "./service_rules.ts";

const PORT = object("A port of the Service.", {
  name: text("Name of the port; needed where there are several."),
  protocol: defaulted(text("Transport.", ["TCP", "UDP", "SCTP"]), "TCP"),
  appProtocol: text("Protocol above the transport."),
  port: integer("Port that the Service offers."),
  targetPort: intOrString("Number or name of the port of the pods. As port where absent."),
  nodePort: integer("Port of every node, for the types NodePort and LoadBalancer."),
}, ["port"]);

const SPEC = object("What the Service offers, to whom, and by which pods.", {
  type: defaulted(
    text("How the Service is reached.", ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
    "ClusterIP",
  ),
  ports: keyed("Ports of the Service.", "port", PORT),
  selector: map("Labels of the pods behind the Service."),
  clusterIP: text("Address inside the cluster, or None."),
  clusterIPs: list("Addresses inside the cluster.", text("An address.")),
  externalIPs: list("Further addresses that nodes accept.", text("An address.")),
  loadBalancerIP: text("Address asked of the load balancer."),
  loadBalancerClass: text("Which load balancer is meant."),
  loadBalancerSourceRanges: list("Who may come in.", text("A prefix.")),
  allocateLoadBalancerNodePorts: flag("Whether a LoadBalancer gets node ports. Default true."),
  externalName: text("Name for the type ExternalName."),
  externalTrafficPolicy: text("Which endpoints traffic from outside may reach.", [
    "Cluster",
    "Local",
  ]),
  internalTrafficPolicy: text("Which endpoints traffic from inside may reach.", [
    "Cluster",
    "Local",
  ]),
  healthCheckNodePort: integer("Port where nodes tell load balancers whether they have endpoints."),
  ipFamilies: list("Address families of the Service.", text("A family.", ["IPv4", "IPv6"])),
  ipFamilyPolicy: text("How many families.", [
    "SingleStack",
    "PreferDualStack",
    "RequireDualStack",
  ]),
  publishNotReadyAddresses: flag("Whether endpoints that are not ready count as ready."),
  sessionAffinity: defaulted(
    text("Whether clients stay with a pod.", ["None", "ClientIP"]),
    "None",
  ),
  sessionAffinityConfig: free("Settings of session affinity."),
  trafficDistribution: text("Preference among endpoints."),
});

const STATUS = object("What the load balancer reports.", {
  loadBalancer: object("The load balancer.", {
    ingress: list(
      "Where the Service is reached from outside.",
      object("An address or a name.", {
        ip: text("Address."),
        hostname: text("Name."),
        ipMode: text("Whether the address is delivered as it is.", ["VIP", "Proxy"]),
        ports: list("State of ports.", free("A port.")),
      }),
    ),
  }),
  conditions: CONDITIONS,
});

/** `v1.Service`. */
export const SERVICE = defineKind({
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  categories: ["all"],
  names: "label",
  subresources: ["status"],
  newStatus: { loadBalancer: {} },
  selectable: ["spec.type", "spec.clusterIP"],
  schema: root("A name and an address for a set of pods.", { spec: SPEC, status: STATUS }),
  prepare: prepareService,
  prepareStatus: prepareServiceStatus,
  check: checkService,
  columns: [
    nameColumn,
    textColumn("Type", (service) => textAt(service, "spec", "type")),
    textColumn("Cluster-IP", (service) => textAt(service, "spec", "clusterIP") || "<none>"),
    textColumn("External-IP", externalIpText),
    textColumn("Port(s)", portsText),
    ageColumn,
    textColumn("Selector", (service) => labelsText(mapAt(service, "spec", "selector")), {
      wide: true,
    }),
  ],
});

/** The column EXTERNAL-IP: addresses of the load balancer, `<pending>`, or `<none>`. */
function externalIpText(service: JsonObject): string {
  const external = listAt(service, "spec", "externalIPs").filter((ip) => typeof ip === "string");
  switch (textAt(service, "spec", "type")) {
    case "ExternalName":
      return textAt(service, "spec", "externalName");
    case "LoadBalancer": {
      const ingress = listAt(service, "status", "loadBalancer", "ingress")
        .map((one) => textAt(one, "ip") || textAt(one, "hostname")).filter((one) => one !== "");
      const all = [...ingress, ...external];
      return all.length === 0 ? "<pending>" : all.join(",");
    }
    default:
      return external.length === 0 ? "<none>" : external.join(",");
  }
}

function portsText(service: JsonObject): string {
  const ports = listAt(service, "spec", "ports").map((port) => {
    const nodePort = numberAt(port, "nodePort") ?? 0;
    const number = `${numberAt(port, "port")}${nodePort === 0 ? "" : `:${nodePort}`}`;
    return `${number}/${textAt(port, "protocol")}`;
  });
  return ports.length === 0 ? "<none>" : ports.join(",");
}
