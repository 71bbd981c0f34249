import { equal } from "node:assert/strict";
import { dualServiceOf, serviceOf } from "../controller/testing.ts";
import type { Service } from "../kube/types.ts";
import { clusterOf, KEPT } from "../tests/clusters.ts";
import { matterOf } from "./matter.ts";
import { verdictOf } from "./verdict.ts";

const RULES = { lbClass: undefined };

Deno.test("what a Service has is told at each gate", async (t) => {
  const shared = { annotations: { "metallb.io/allow-shared-ip": "k" } };
  const rows:
    readonly (readonly [string, Service, readonly Service[], Readonly<Record<string, string>>])[] =
      [
        ["any address", serviceOf({ name: "web", held: ["192.168.0.200"] }), [], {
          family: "IPv4",
          pool: "to be tried, in this order: lan",
          sharing: "shares with nobody",
          exhaustion: 'pool "lan" has 1 of 4 IPv4 addresses in use',
          quarantine: "no other machine is seen to use it",
          assignment: '192.168.0.200 from pool "lan"',
        }],
        [
          "shared, by name",
          serviceOf({
            ...{ name: "web", held: ["192.168.0.203"], loadBalancerIP: "192.168.0.203" },
            ...{ ...shared, ports: [{ protocol: "TCP", port: 443 }] },
          }),
          [serviceOf({ name: "other", held: ["192.168.0.203"], ...shared })],
          {
            address: "192.168.0.203 asked for by name",
            pool: "has what is asked for: lan",
            sharing: 'by key "k" with default/other',
          },
        ],
        ["a family too few", dualServiceOf({ name: "web", held: ["192.168.0.200"] }), [], {
          family: "IPv4 and IPv6, the second if it can be had",
          exhaustion: 'no available IPs in pool "lan"',
          assignment: '192.168.0.200 from pool "lan"',
        }],
        [
          "kept, while another is asked for in vain",
          serviceOf({ name: "web", held: ["192.168.0.200"], loadBalancerIP: "10.0.0.1" }),
          [],
          { assignment: '192.168.0.200 from pool "lan", stays assigned' },
        ],
      ];
  for (const [name, service, others, want] of rows) {
    await t.step(name, () => {
      const matter = matterOf(clusterOf({ services: [service, ...others] }), RULES);
      const gates = verdictOf(matter, service).assignment;
      const have = Object.fromEntries(gates.map(({ gate, found }) => [gate, found]));
      for (const gate of Object.keys(want)) equal(have[gate], want[gate], gate);
    });
  }
});

Deno.test("pools that are kept for others are told where the others are full", () => {
  const service = serviceOf({ name: "web", age: 1 });
  const services = [serviceOf({ name: "first", held: ["192.168.0.1"] }), service];
  const gates = verdictOf(matterOf(clusterOf({ services, ...KEPT }), RULES), service).assignment;
  const found = new Map(gates.map((gate) => [gate.gate, gate.found]));
  equal(found.get("pool"), "to be tried, in this order: all");
  equal(
    found.get("service-allocation"),
    'pool kept not compatible for ip assignment: its serviceAllocation is not for namespace "default"',
  );
  equal(gates.find(({ result }) => result === "fail")?.reason, "Exhausted");
});
