import assert from "node:assert/strict";
import { formatIp } from "../ip/address.ts";
import { ownershipOf, requestOf } from "./request.ts";
import { dualServiceOf, serviceOf, type ServiceSpec } from "./testing.ts";

Deno.test("ownershipOf() takes only Services of its class", () => {
  const rows = [
    { type: "LoadBalancer", loadBalancerClass: undefined, lbClass: undefined, want: "ours" },
    { type: "LoadBalancer", loadBalancerClass: "a.b/c", lbClass: undefined, want: "other-class" },
    { type: "LoadBalancer", loadBalancerClass: "a.b/c", lbClass: "a.b/c", want: "ours" },
    { type: "LoadBalancer", loadBalancerClass: undefined, lbClass: "a.b/c", want: "other-class" },
    { type: "ClusterIP", loadBalancerClass: undefined, lbClass: undefined, want: "other-type" },
  ];
  for (const { type, loadBalancerClass, lbClass, want } of rows) {
    const service = serviceOf({ name: "a", type, loadBalancerClass });
    assert.equal(ownershipOf(service, lbClass), want, `${type} ${loadBalancerClass} ${lbClass}`);
  }
});

Deno.test("requestOf() reads families, addresses and pool", async (t) => {
  const rows: {
    readonly name: string;
    readonly spec: ServiceSpec;
    readonly families?: readonly string[];
    readonly addresses?: readonly string[];
    readonly pool?: string;
  }[] = [
    { name: "nothing asked for", spec: { name: "a" } },
    {
      name: "families of an object older than dual stack",
      spec: { name: "a", ipFamilies: [], clusterIPs: ["fd96::7"] },
      families: ["IPv6"],
    },
    {
      name: "spec.loadBalancerIP",
      spec: { name: "a", loadBalancerIP: "10.0.0.9" },
      addresses: ["10.0.0.9"],
    },
    {
      name: "a spelling of IPv6 that is not canonical",
      spec: { name: "a", ipFamilies: ["IPv6"], loadBalancerIP: "FD00:0::9" },
      families: ["IPv6"],
      addresses: ["fd00::9"],
    },
    {
      name: "annotation loadBalancerIPs with blanks",
      spec: { name: "a", annotations: { "metallb.io/loadBalancerIPs": " 10.0.0.9 " } },
      addresses: ["10.0.0.9"],
    },
    {
      name: "legacy prefix",
      spec: { name: "a", annotations: { "metallb.universe.tf/address-pool": "p" } },
      pool: "p",
    },
    {
      name: "the new name wins, even if empty",
      spec: {
        name: "a",
        annotations: { "metallb.io/address-pool": "", "metallb.universe.tf/address-pool": "p" },
      },
    },
    {
      name: "the new name wins over another value",
      spec: {
        name: "a",
        annotations: { "metallb.io/address-pool": "p", "metallb.universe.tf/address-pool": "q" },
      },
      pool: "p",
    },
    {
      name: "both names with one value",
      spec: {
        name: "a",
        annotations: { "metallb.io/address-pool": "p", "metallb.universe.tf/address-pool": "p" },
      },
      pool: "p",
    },
  ];
  for (const { name, spec, families = ["IPv4"], addresses = [], pool } of rows) {
    await t.step(name, () => {
      const { wish } = requestOf(serviceOf(spec));
      assert.ok(wish.kind === "wish", wish.kind);
      assert.deepEqual(wish.families, families);
      assert.deepEqual(wish.addresses.map(formatIp), addresses);
      assert.equal(wish.pool, pool);
    });
  }
});

Deno.test("requestOf() puts requested addresses in the order of the families", () => {
  const { wish } = requestOf(dualServiceOf({
    name: "a",
    ipFamilies: ["IPv6", "IPv4"],
    annotations: { "metallb.io/loadBalancerIPs": "10.0.0.9,fd00::9" },
  }));
  assert.ok(wish.kind === "wish");
  assert.deepEqual(wish.addresses.map(formatIp), ["fd00::9", "10.0.0.9"]);
});

Deno.test("requestOf() reads held addresses without host names and doubles", () => {
  const service = serviceOf({ name: "a", held: ["10.0.0.9", "10.0.0.9"] });
  const ingress = [...service.ingress, { ip: undefined, hostname: "example.org" }];
  const { held } = requestOf({ ...service, ingress });
  assert.deepEqual(held.map(formatIp), ["10.0.0.9"]);
});
