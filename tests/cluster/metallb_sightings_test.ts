import assert from "node:assert/strict";
import { missedOf, passagesOf, type Sighting } from "./metallb_sightings.ts";

Deno.test("passagesOf() finds the longest silence and who answered, each address by itself", () => {
  const arp = (at: number, address: string, mac: string): Sighting => ({
    kind: "arp",
    at,
    address,
    mac,
  });
  const sightings: readonly Sighting[] = [
    arp(0, "192.168.0.200", "a"),
    arp(5, "192.168.0.201", "b"),
    { kind: "new", at: 7, address: "192.168.0.200:80" },
    arp(10, "192.168.0.200", "a"),
    arp(60, "192.168.0.200", "b"),
    arp(70, "192.168.0.200", "a"),
  ];
  assert.deepEqual(passagesOf(sightings, "arp"), [
    {
      address: "192.168.0.200",
      count: 4,
      silenceMs: 50,

      owners: ["a", "b", "a"],
      others: 1,
    },
    { address: "192.168.0.201", count: 1, silenceMs: 0, owners: ["b"], others: 0 },
  ]);
  assert.deepEqual(passagesOf(sightings, "broken"), []);
});

Deno.test("missedOf() counts what the control answered while the address was silent", () => {
  const arp = (address: string): Sighting => ({ kind: "arp", at: 0, address, mac: "a" });
  const [vip, control] = [arp("192.168.0.200"), arp("192.168.0.11")];
  const sightings = [control, control, vip, control, control, control, vip, control, vip];
  assert.equal(missedOf(sightings, vip.address, control.address), 3);
});
