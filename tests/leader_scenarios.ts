import { CONFLICTS_ANNOTATION, PRESENCE_LABEL } from "../config/presence.ts";
import { POOLS } from "../config/resources.ts";
import { CONFIG_MAPS, type JsonObject, LEASES, mergePatch, pathOf, SERVICES } from "../kube/mod.ts";
import type { UserCall } from "./leader_fate.ts";

/** What users do, in steps; between two steps the leader has time to finish. */
export interface Scenario {
  readonly name: string;
  readonly steps: readonly (readonly UserCall[])[];
}

/** Writes a ConfigMap for the first time. */
export function configure(...addresses: readonly string[]): UserCall {
  const body = { metadata: { name: "config" }, data: { config: configText(addresses) } };
  return { method: "POST", path: pathOf(CONFIG_MAPS, { namespace: "default" }), body };
}

/** Creates an IPAddressPool. */
export function createPool(name: string, ...addresses: readonly string[]): UserCall {
  const { apiVersion, kind } = POOLS;
  const body = { apiVersion, kind, metadata: { name }, spec: { addresses } };
  return { method: "POST", path: pathOf(POOLS, { namespace: "default" }), body };
}

/** Writes other addresses into an IPAddressPool. */
export function changePool(name: string, ...addresses: readonly string[]): UserCall {
  return mergePatch(POOLS, { namespace: "default", name }, { spec: { addresses } });
}

export function removePool(name: string): UserCall {
  return { method: "DELETE", path: pathOf(POOLS, { namespace: "default", name }) };
}

/** Node `n1` tells that a stranger uses this address. */
export function reportStranger(address: string): UserCall {
  const conflict = {
    address,
    mac: "02:00:00:00:00:aa",
    interface: "eth0",
    since: "2026-01-01T00:00:00Z",
  };
  const metadata = {
    name: "lanlord-speaker-n1",
    labels: { [PRESENCE_LABEL]: "speaker" },
    annotations: { [CONFLICTS_ANNOTATION]: JSON.stringify({ conflicts: [conflict] }) },
  };
  const body = { metadata, spec: { holderIdentity: "n1" } };
  return { method: "POST", path: pathOf(LEASES, { namespace: "default" }), body };
}

/** Creates a Service of type LoadBalancer; `annotations` beside the fields of its spec. */
export function create(name: string, more: JsonObject = {}): UserCall {
  const { annotations = {}, ...spec } = more;
  const body = {
    metadata: { name, annotations },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: name }, ...spec },
  };
  return { method: "POST", path: pathOf(SERVICES, { namespace: "default" }), body };
}

/** Merges changes into a Service, or into its status. */
export function change(name: string, changes: JsonObject, subresource?: string): UserCall {
  return mergePatch(SERVICES, { namespace: "default", name }, changes, subresource);
}

export function remove(name: string): UserCall {
  return { method: "DELETE", path: pathOf(SERVICES, { namespace: "default", name }) };
}

const DUAL = { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"] };
const SHARING = { "metallb.io/allow-shared-ip": "k" };

/** Scenarios of some ten Services each, which between them take every kind of decision. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "names, both families, sharing, and what is given back",
    steps: [
      [
        configure("10.0.0.1-10.0.0.7", "fd00::1-fd00::8"),
        create("a"),
        create("b"),
        create("named", { loadBalancerIP: "10.0.0.1" }),
        create("refused", { loadBalancerIP: "10.0.0.1" }),
        create("dual", DUAL),
        create("preferring", { ...DUAL, ipFamilyPolicy: "PreferDualStack" }),
        create("web", { annotations: SHARING }),
        create("tls", { annotations: SHARING, ports: [{ port: 443 }] }),
        create("last"),
        create("late"),
      ],
      // Frees an address that one asks for by name, and others that one waits for.
      [remove("named"), change("b", { spec: { type: "ClusterIP" } }), create("later")],
      [
        change("a", { spec: { loadBalancerIP: "10.0.0.6" } }),
        change("refused", { spec: { loadBalancerIP: "10.0.0.5" } }),
        change("dual", { spec: { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] } }),
      ],
      // A port that the other one has: whoever changed gives way.
      [change("tls", { spec: { ports: [{ port: 80 }] } })],
    ],
  },
  {
    name: "pools that shrink, move and go under their Services",
    steps: [
      [
        createPool("p", "10.0.0.1-10.0.0.9"),
        ...["a", "b", "c", "d", "e"].map((name) => create(name)),
        create("web", { annotations: SHARING }),
        create("tls", { annotations: SHARING, ports: [{ port: 443 }] }),
        create("named", { loadBalancerIP: "10.0.0.9" }),
      ],
      [changePool("p", "10.0.0.4-10.0.0.9")],
      [createPool("q", "10.0.1.1-10.0.1.4"), change("named", { spec: { loadBalancerIP: null } })],
      [removePool("p")],
      [createPool("p", "10.0.0.1-10.0.0.9"), create("f")],
    ],
  },
  {
    name: "strangers, and types and classes that change and change back",
    steps: [
      [
        createPool("p", "10.0.0.1-10.0.0.9", "fd00::/126"),
        ...["a", "b", "c"].map((name) => create(name)),
        create("dual", DUAL),
        create("web", { annotations: SHARING }),
        create("tls", { annotations: SHARING, ports: [{ port: 443 }] }),
        create("named", { loadBalancerIP: "10.0.0.9" }),
        create("other", { loadBalancerClass: "example.org/other" }),
      ],
      [reportStranger("10.0.0.5")],
      [change("a", { spec: { type: "ClusterIP" } })],
      [change("a", { spec: { type: "LoadBalancer" } }), create("d")],
      [
        change("b", { metadata: { annotations: SHARING }, spec: { ports: [{ port: 9 }] } }),
        remove("d"),
        change("c", { status: { loadBalancer: { ingress: [{ ip: "10.9.9.9" }] } } }, "status"),
      ],
    ],
  },
];

function configText(addresses: readonly string[]): string {
  const pool = { name: "lan", protocol: "layer2", addresses };
  return JSON.stringify({ "address-pools": [pool] });
}
