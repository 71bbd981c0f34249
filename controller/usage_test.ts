import assert from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { configOf, testPool } from "./testing.ts";
import { capacityOf, usageOf } from "./usage.ts";

Deno.test("capacityOf() leaves out what avoidBuggyIPs leaves out", () => {
  const rows = [
    { ranges: ["10.0.0.0/24", "10.0.1.0/25"], avoidBuggyIPs: true, want: 381n },
    { ranges: ["10.0.0.0/24"], avoidBuggyIPs: false, want: 256n },
    { ranges: ["10.0.0.0/32", "10.0.0.255/32"], avoidBuggyIPs: true, want: 0n },
    { ranges: ["10.0.0.254-10.0.2.1"], avoidBuggyIPs: true, want: 256n },
    { ranges: ["fd00::/64"], avoidBuggyIPs: true, want: 0n },
  ];
  for (const { ranges, avoidBuggyIPs, want } of rows) {
    assert.equal(capacityOf(testPool("p", ranges, { avoidBuggyIPs }), "IPv4"), want, `${ranges}`);
  }
  assert.equal(capacityOf(testPool("p", ["fd00::/64"]), "IPv6"), 1n << 64n);
});

Deno.test("usageOf() counts shared addresses once, and foreign ones not at all", () => {
  const config = configOf(
    testPool("p", ["10.0.0.0/30", "fd00::/126"]),
    testPool("q", ["10.1.0.0/30"]),
  );
  const addresses = ["10.0.0.1", "10.0.0.1", "fd00::1", "172.16.0.1"].map((ip) => [parseIp(ip)]);
  const usage = usageOf(config, addresses.map((list) => list.flatMap((ip) => ip ?? [])));
  assert.deepEqual(usage.map(({ pool, used }) => [pool, used.IPv4, used.IPv6]), [
    ["p", 1, 1],
    ["q", 0, 0],
  ]);
});
