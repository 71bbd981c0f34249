import type { Api } from "../demo/api/mod.ts";
import type { JsonObject } from "../kube/mod.ts";
import { mustRun } from "../demo/program.ts";

/** The only address of the pool. */
export const VIP = "192.168.0.200";

/** The configuration: a pool with one address. */
export const CONFIG_MAP = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { namespace: "metallb-system", name: "config" },
  data: { config: `address-pools: [{name: lan, protocol: layer2, addresses: [${VIP}/32]}]` },
};

/** A cluster of one node, `n1`, with one Service, which gets the address. */
export const ONE_NODE: readonly JsonObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "metallb-system" } },
  CONFIG_MAP,
  { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name: "whoami" },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
  },
];

/** The message of the speaker's Event, once there is one. */
export async function announcement(api: Api): Promise<string | undefined> {
  const response = await api.fetch("http://api/api/v1/namespaces/default/events");
  const { items } = await response.json();
  return items.find((event: { reason: string }) => event.reason === "nodeAssigned")?.message;
}

/** Makes `lan0`, on a LAN with nobody else on it, in this process's own network namespace. */
export async function makeLink(): Promise<void> {
  const commands = [
    "ip link add lan0 type veth peer name lan1",
    "ip address add 192.168.0.11/24 dev lan0",
    "ip link set lan0 up",
    "ip link set lan1 up",
  ];
  for (const command of commands) await mustRun(command.split(" "));
}
