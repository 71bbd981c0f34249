import assert from "node:assert/strict";
import { parseIp } from "../../ip/address.ts";
import { virtualMac } from "../../tests/sim/virtual_mac.ts";
import { type Conflict, PATIENCE_MS, StrangerPatience } from "./stranger_patience.ts";

Deno.test("StrangerPatience tells of a stranger that stays one", () => {
  const patience = new StrangerPatience();
  const first = conflict("192.168.0.200", 1);
  const second = conflict("192.168.0.201", 2);
  patience.keep(first, 0);
  patience.keep(second, 10);
  assert.equal(patience.nextAt(), PATIENCE_MS);
  assert.deepEqual(patience.take(PATIENCE_MS - 1), []);
  assert.deepEqual(patience.take(PATIENCE_MS), [first]);
  assert.equal(patience.nextAt(), PATIENCE_MS + 10);
  assert.deepEqual(patience.take(PATIENCE_MS + 10), [second]);
  assert.equal(patience.nextAt(), undefined);
});

Deno.test("StrangerPatience is silent about what is over before", () => {
  const patience = new StrangerPatience();
  patience.keep(conflict("192.168.0.200", 1), 0);
  assert.equal(patience.forget("192.168.0.200"), true);
  assert.equal(patience.forget("192.168.0.200"), false);
  assert.deepEqual(patience.take(PATIENCE_MS), []);
});

Deno.test("StrangerPatience tells of the latest stranger on an address", () => {
  const patience = new StrangerPatience();
  const second = conflict("192.168.0.200", 2);
  patience.keep(conflict("192.168.0.200", 1), 0);
  patience.keep(second, 500);
  assert.deepEqual(patience.take(PATIENCE_MS), []);
  assert.deepEqual(patience.take(PATIENCE_MS + 500), [second]);
});

function conflict(key: string, station: number): Conflict {
  const address = parseIp(key);
  assert.ok(address);
  const at = { key, address, linkIndex: 2 };
  return { kind: "conflict", at, mac: virtualMac(station), outcome: "not-claimed" };
}
