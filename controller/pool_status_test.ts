import { deepEqual } from "node:assert/strict";
import { parseIp } from "../ip/address.ts";
import { poolStatusOf } from "./pool_status.ts";
import { configOf, testPool } from "./testing.ts";
import { usageOf } from "./usage.ts";

const ROWS:
  readonly (readonly [string, readonly string[], readonly string[], readonly number[]])[] = [
    ["one family", ["10.0.0.0/24"], ["10.0.0.1", "10.0.0.2"], [2, 0, 254, 0]],
    ["both", ["10.0.0.0/30", "fd00::/126"], ["10.0.0.1", "fd00::1"], [1, 1, 3, 3]],
    ["shared counts once", ["10.0.0.0/30"], ["10.0.0.1", "10.0.0.1"], [1, 0, 3, 0]],
    ["full", ["10.0.0.0/31"], ["10.0.0.0", "10.0.0.1"], [2, 0, 0, 0]],
    ["more than an int64 can say", ["fd00::/32"], ["fd00::1"], [0, 1, 0, 9223372036854774784]],
  ];

for (const [name, ranges, used, [v4, v6, left4, left6]] of ROWS) {
  Deno.test(`the status of a pool: ${name}`, () => {
    const config = configOf(testPool("p", ranges));
    const addresses = used.flatMap((text) => parseIp(text) ?? []);
    const [usage] = usageOf(config, [addresses]);
    deepEqual(usage && poolStatusOf(usage), {
      assignedIPv4: v4,
      assignedIPv6: v6,
      availableIPv4: left4,
      availableIPv6: left6,
    });
  });
}

Deno.test("what is available is an int64 as JSON says it", () => {
  const config = configOf(testPool("p", ["fd00::/8"]));
  const text = JSON.stringify(usageOf(config, []).map(poolStatusOf));
  const [number] = /[0-9]{19}/.exec(text) ?? [];
  deepEqual(BigInt(number ?? 0) < 2n ** 63n && BigInt(number ?? 0) > 2n ** 62n, true);
});
