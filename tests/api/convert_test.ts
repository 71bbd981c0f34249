import { deepEqual, equal } from "node:assert/strict";
import { convert, readObjects, writeYaml } from "../../convert/mod.ts";
import { convertObjects, kubeVipMap, pureLbObject, serviceObject } from "../../convert/testing.ts";
import { parseMeta } from "../../kube/resources.ts";
import type { JsonObject } from "../../kube/types.ts";
import { type ControlPlane, usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();

/** A ConfigMap with everything that MetalLB v0.12 reads, and names that need to change. */
const CONFIG_MAP = `
address-pools:
- { name: Office_LAN, protocol: layer2, addresses: [192.168.0.200 - 192.168.0.250], auto-assign: false }
- { name: "yes", protocol: layer2, addresses: [192.168.10.7/24], avoid-buggy-ips: true }
- name: routed
  protocol: bgp
  addresses: [10.1.0.0/24, "2001:db8::/64"]
  bgp-advertisements:
  - null
  - { aggregation-length: 30, aggregation-length-v6: 100, localpref: 4294967295, communities: [gold, "64512:100"] }
- { name: plain, protocol: bgp, addresses: [10.2.0.0/24] }
bgp-communities: { gold: "65535:65281" }
bfd-profiles:
- name: Full_One
  receive-interval: 300
  transmit-interval: 270
  detect-multiplier: 4
  echo-interval: 50
  echo-mode: true
  passive-mode: true
  minimum-ttl: 254
peers:
- { my-asn: 64512, peer-asn: 64513, peer-address: 10.0.0.1, peer-port: 0 }
- my-asn: 64512
  peer-asn: 4200000000
  peer-address: 2001:db8::1
  peer-port: 1179
  hold-time: 1m30.5s
  keepalive-time: 10s
  router-id: 10.0.0.9
  source-address: 10.0.0.9
  password: "12345"
  bfd-profile: Full_One
  ebgp-multihop: true
  node-selectors:
  - match-labels: { rack: a1 }
    match-expressions: [{ key: role, operator: NotIn, values: [edge] }]
  - match-expressions: [{ key: bgp, operator: Exists }]
- { my-asn: 1, peer-asn: 1, peer-address: 10.0.0.2, hold-time: 0s }
`;

testWith(["apiserver"], "what lanlord convert prints is taken by the API server", async (t) => {
  await installCrds(controlPlane());
  await t.step("a ConfigMap of MetalLB", async () => {
    const conversion = convert([readObjects("config.yaml", CONFIG_MAP)], { namespace: "default" });
    equal(conversion.kind, "converted");
    await assertTaken(controlPlane(), conversion.objects);
  });
  await t.step("what kube-vip and PureLB left", async () => {
    const { objects } = convertObjects([
      kubeVipMap({ "cidr-dev": "10.3.0.0/30,2001:db8:3::/64", "interface-dev": "eth1" }),
      pureLbObject("ServiceGroup", "default", { local: { v4pool: { pool: "10.4.0.0/28" } } }),
      pureLbObject("LBNodeAgent", "edge", {
        nodeSelector: { matchLabels: { edge: "true" } },
        local: { localInterface: "eth2" },
      }),
      serviceObject("a", { held: ["10.3.0.1"] }),
    ], { namespace: "default" });
    await assertTaken(controlPlane(), objects);
  });
});

/** Applies the objects as a user does, and finds the specs unchanged but for defaults. */
async function assertTaken(cluster: ControlPlane, objects: readonly JsonObject[]): Promise<void> {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, writeYaml(objects));
    const applied = await cluster.kubectl(["apply", "--server-side", "-f", file, "-o", "json"]);
    equal(applied.code, 0, applied.stderr);
    const items: readonly JsonObject[] = JSON.parse(applied.stdout).items;
    deepEqual(
      items.map((item) => parseMeta(item).name),
      objects.map((each) => parseMeta(each).name),
    );
    for (const [i, item] of items.entries()) {
      deepEqual({ ...item, spec: { ...spec(item), ...spec(objects[i]) } }, item);
    }
  } finally {
    await Deno.remove(file);
  }
}

function spec(object: JsonObject | undefined): JsonObject {
  const { spec } = JSON.parse(JSON.stringify(object ?? {}));
  return spec ?? {};
}
