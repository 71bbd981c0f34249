import assert from "node:assert/strict";
import type { Service } from "../kube/types.ts";
import { decide } from "./decide.ts";
import { configOf, serviceOf, testPool } from "./testing.ts";
import { formatIp } from "../ip/address.ts";

const POOL = configOf(testPool("lan", ["10.0.0.1-10.0.0.3"]));

interface Row {
  readonly name: string;
  readonly services: readonly Service[];
  /** What the leader without --lb-class and that of class "b" decide, seeing the same. */
  readonly want: {
    readonly none: Readonly<Record<string, string>>;
    readonly b: Readonly<Record<string, string>>;
  };
}

const OTHER = { loadBalancerClass: "b" } as const;

const rows: readonly Row[] = [
  {
    name: "what a status of the other class has is given to nobody",
    services: [
      serviceOf({ name: "plain", held: ["10.0.0.1"] }),
      serviceOf({ name: "pending", age: 1 }),
      serviceOf({ name: "other", ...OTHER, held: ["10.0.0.2"] }),
      serviceOf({ name: "waiting", ...OTHER, age: 1 }),
    ],
    want: {
      none: { plain: "10.0.0.1", pending: "10.0.0.3" },
      b: { other: "10.0.0.2", waiting: "10.0.0.3" },
    },
  },
  {
    name: "a double stays: each leader keeps its own, whichever Service is older",
    services: [
      serviceOf({ name: "plain", age: 1, held: ["10.0.0.1"] }),
      serviceOf({ name: "other", ...OTHER, held: ["10.0.0.1"] }),
    ],
    want: { none: { plain: "10.0.0.1" }, b: { other: "10.0.0.1" } },
  },
];

Deno.test("leaders of two classes know of each other only what is in a status", async (t) => {
  for (const { name, services, want } of rows) {
    await t.step(name, () => {
      assert.deepEqual(decided(services, undefined), want.none);
      assert.deepEqual(decided(services, "b"), want.b);
    });
  }
});

function decided(
  services: readonly Service[],
  lbClass: string | undefined,
): Readonly<Record<string, string>> {
  const { decisions } = decide({ config: POOL, services, lbClass, now: "2026-01-01T00:00:00Z" });
  return Object.fromEntries(
    [...decisions].map(([key, { addresses }]) => [
      key.replace("default/", ""),
      addresses.map(formatIp).join(" "),
    ]),
  );
}
