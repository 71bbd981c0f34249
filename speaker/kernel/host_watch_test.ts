import assert from "node:assert/strict";
import { parsePrefix } from "../../ip/prefix.ts";
import { Registry } from "../../ops/prometheus.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import { readHostFacts } from "./host_facts.ts";
import { HostWatch } from "./host_watch.ts";

const SUBNET = parsePrefix("192.168.0.0/24");
assert.ok(SUBNET);
const ETH0 = { name: "eth0", mac: virtualMac(1), subnets: [SUBNET] };
const POD = { name: "veth1", mac: virtualMac(2), subnets: [] };

Deno.test("readHostFacts() takes the greater of all and the interface's own", async () => {
  const files = new Map([
    ["/proc/sys/net/ipv4/conf/all/arp_ignore", "1"],
    ["/proc/sys/net/ipv4/conf/eth0/arp_ignore", "0"],
    ["/proc/sys/net/ipv4/conf/all/rp_filter", "0"],
    ["/proc/sys/net/ipv4/conf/eth0/rp_filter", "2"],
    ["/proc/sys/net/ipv4/conf/kube-ipvs0/arp_ignore", "0"],
  ]);
  const facts = await readHostFacts([ETH0, POD], (path) => Promise.resolve(files.get(path)));
  assert.ok(facts.hasIpvs);
  const [{ face, arpIgnore, rpFilter, proxyArp, disableIpv6 } = { face: undefined }, ...others] =
    facts.interfaces;
  assert.deepEqual([face, arpIgnore, rpFilter, proxyArp, disableIpv6], [
    ETH0,
    1,
    2,
    undefined,
    undefined,
  ]);
  assert.deepEqual(others, []);
});

Deno.test("HostWatch tells of a finding once, until it is gone", async () => {
  const registry = new Registry();
  const told: string[] = [];
  let arpIgnore = "8";
  const watch = new HostWatch({
    registry,
    log: (level, event, fields) => told.push(`${level} ${event} ${fields?.["check"]}`),
    read: (path) => {
      if (path.includes("kube-ipvs0")) return Promise.resolve(undefined);
      return Promise.resolve(path.endsWith("arp_ignore") ? arpIgnore : "0");
    },
  });
  const look = async (...faces: readonly (typeof ETH0)[]): Promise<string> => {
    watch.consider(faces);
    await watch.ended();
    return (await registry.metrics()).split("\n").filter((line) => !line.startsWith("#")).join("");
  };
  const gauge = 'lanlord_host_findings{check="arp-ignore",interface="eth0"} 1';
  assert.equal(await look(ETH0), gauge);
  assert.equal(await look(ETH0), gauge);
  assert.equal(await look(ETH0, { ...ETH0, name: "eth1", subnets: [] }), gauge);
  assert.deepEqual(told, ["warn hostFinding arp-ignore"]);
  arpIgnore = "1";
  assert.equal(await look({ ...ETH0, mac: virtualMac(3) }), "");
});

Deno.test("HostWatch says when it may not look", async () => {
  const told: string[] = [];
  const watch = new HostWatch({
    registry: new Registry(),
    log: (level, event) => told.push(`${level} ${event}`),
    read: () => Promise.reject(new Deno.errors.NotCapable("Requires all access")),
  });
  watch.consider([ETH0]);
  await watch.ended();
  assert.deepEqual(told, ["info hostNotChecked"]);
});
