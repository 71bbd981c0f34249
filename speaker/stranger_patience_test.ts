import assert from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { virtualMac } from "../tests/sim/virtual_mac.ts";
import { type Conflict, PATIENCE_MS, StrangerPatience } from "./stranger_patience.ts";

const nobody = (): boolean => false;

Deno.test("StrangerPatience tells of a stranger that stays one", () => {
  const patience = new StrangerPatience();
  const first = conflict("192.168.0.200", 1);
  const second = conflict("192.168.0.201", 2);
  patience.keep(first, 0);
  patience.keep(second, 10);
  assert.equal(patience.nextAt(), PATIENCE_MS);
  assert.deepEqual(patience.take(PATIENCE_MS - 1, nobody), []);
  assert.deepEqual(patience.take(PATIENCE_MS, nobody), [first]);
  assert.equal(patience.nextAt(), PATIENCE_MS + 10);
  assert.deepEqual(patience.take(PATIENCE_MS + 10, nobody), [second]);
  assert.equal(patience.nextAt(), undefined);
});

Deno.test("StrangerPatience is silent about what turned out to be a node of ours", () => {
  const patience = new StrangerPatience();
  patience.keep(conflict("192.168.0.200", 1), 0);
  assert.deepEqual(patience.take(PATIENCE_MS, (mac) => mac === virtualMac(1)), []);
});

Deno.test("StrangerPatience tells of the latest stranger on an address", () => {
  const patience = new StrangerPatience();
  const second = conflict("192.168.0.200", 2);
  patience.keep(conflict("192.168.0.200", 1), 0);
  patience.keep(second, 500);
  assert.deepEqual(patience.take(PATIENCE_MS, nobody), []);
  assert.deepEqual(patience.take(PATIENCE_MS + 500, nobody), [second]);
});

function conflict(key: string, station: number): Conflict {
  const address = parseIp(key);
  assert.ok(address);
  const at = { key, address, linkIndex: 2 };
  return { kind: "conflict", at, mac: virtualMac(station), held: false };
}
