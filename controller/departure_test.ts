import assert from "node:assert/strict";
import type { Config } from "../config/config.ts";
import type { Service } from "../kube/types.ts";
import { CONFLICT_CONDITION } from "./conflict_condition.ts";
import {
  assigned,
  configOf,
  dualServiceOf,
  reportsOf,
  serviceOf,
  setAside,
  settleAll,
  testPool,
} from "./testing.ts";
import { quarantineOf } from "./quarantine.ts";

const LAN = configOf(testPool("lan", ["10.0.0.1-10.0.0.4"]));
const DUAL = configOf(testPool("a", ["10.0.0.1-10.0.0.2", "fd00::1-fd00::2"]));
const POOL_B = { "metallb.io/address-pool": "b" };

interface Row {
  readonly name: string;
  readonly config?: Config;
  readonly services: readonly Service[];
  /** What a stranger uses. @default 10.0.0.1 */
  readonly quarantined?: readonly string[];
  /** Moves that are allowed in each decision. @default any number */
  readonly left?: number;
  readonly want: Readonly<Record<string, string>>;
  /** What they have when the stranger is gone. @default the same */
  readonly after?: Readonly<Record<string, string>>;
  /** Reason of the condition, by name of the Service that has one. @default none */
  readonly stays?: Readonly<Record<string, string>>;
}

const rows: readonly Row[] = [
  {
    name: "a new Service does not get it",
    services: [serviceOf({ name: "a" })],
    want: { a: "10.0.0.2" },
  },
  {
    name: "one that has it gets another",
    services: [serviceOf({ name: "a", held: ["10.0.0.1"] })],
    want: { a: "10.0.0.2" },
  },
  {
    name: "one that has it by name keeps it",
    services: [serviceOf({ name: "a", held: ["10.0.0.1"], loadBalancerIP: "10.0.0.1" })],
    want: { a: "10.0.0.1" },
    stays: { a: "RequestedByName" },
  },
  {
    name: "one that asks for it by name does not get it",
    services: [serviceOf({ name: "a", loadBalancerIP: "10.0.0.1" })],
    want: { a: "" },
    after: { a: "10.0.0.1" },
  },
  {
    name: "one that asks in vain for another is moved all the same",
    services: [
      serviceOf({ name: "a", held: ["10.0.0.1"], loadBalancerIP: "10.0.0.2" }),
      serviceOf({ name: "b", held: ["10.0.0.2"] }),
    ],
    want: { a: "10.0.0.3", b: "10.0.0.2" },
  },
  {
    name: "a wish by name comes first",
    services: [
      serviceOf({ name: "a", held: ["10.0.0.1"] }),
      serviceOf({ name: "b", age: 1, loadBalancerIP: "10.0.0.2" }),
    ],
    want: { a: "10.0.0.3", b: "10.0.0.2" },
  },
  {
    name: "those who share it move together",
    services: [80, 81].map((port) => sharerOf({ name: `p${port}`, port, held: ["10.0.0.1"] })),
    want: { p80: "10.0.0.2", p81: "10.0.0.2" },
  },
  {
    name: "where one of those who share it asks for it by name, all stay",
    services: [
      sharerOf({ name: "p80", port: 80, held: ["10.0.0.1"] }),
      sharerOf({ name: "p81", port: 81, held: ["10.0.0.1"], loadBalancerIP: "10.0.0.1" }),
    ],
    want: { p80: "10.0.0.1", p81: "10.0.0.1" },
    stays: { p80: "SharedAddress", p81: "RequestedByName" },
  },
  {
    name: "where one of those who share it cannot be understood, all stay",
    services: [
      sharerOf({ name: "p80", port: 80, held: ["10.0.0.1"] }),
      sharerOf({ name: "p81", port: 81, held: ["10.0.0.1"], loadBalancerIP: "nonsense" }),
    ],
    want: { p80: "10.0.0.1", p81: "10.0.0.1" },
    stays: { p80: "SharedAddress", p81: "RequestNotUnderstood" },
  },
  {
    name: "those who share it go where all of them can: not beside one with a port of theirs",
    services: [
      sharerOf({ name: "p80", port: 80, held: ["10.0.0.1"] }),
      sharerOf({ name: "p81", port: 81, held: ["10.0.0.1"] }),
      sharerOf({ name: "q81", port: 81, age: 1, held: ["10.0.0.2"] }),
    ],
    want: { p80: "10.0.0.3", p81: "10.0.0.3", q81: "10.0.0.2" },
  },
  {
    name: "whoever shares joins one with the same key",
    services: [
      sharerOf({ name: "p80", port: 80, held: ["10.0.0.1"] }),
      sharerOf({ name: "p81", port: 81, age: 1, held: ["10.0.0.2"] }),
    ],
    want: { p80: "10.0.0.2", p81: "10.0.0.2" },
  },
  {
    name: "no pool is open to all who share it",
    config: configOf(testPool("a", ["10.0.0.1"]), testPool("b", ["10.0.1.1-10.0.1.4"])),
    services: [
      sharerOf({ name: "p80", port: 80, held: ["10.0.0.1"] }),
      sharerOf({
        name: "p81",
        port: 81,
        held: ["10.0.0.1"],
        annotations: { "metallb.io/address-pool": "a" },
      }),
    ],
    want: { p80: "10.0.0.1", p81: "10.0.0.1" },
    stays: { p80: "NothingFree", p81: "NothingFree" },
  },
  {
    name: "a whole pool in quarantine: everybody keeps what he has",
    services: ["1", "2"].map((n) => serviceOf({ name: n, held: [`10.0.0.${n}`] })),
    quarantined: ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
    want: { 1: "10.0.0.1", 2: "10.0.0.2" },
    stays: { 1: "NothingFree", 2: "NothingFree" },
  },
  {
    name: "one that waits for an address goes without",
    config: configOf(testPool("lan", ["10.0.0.1"])),
    services: [serviceOf({ name: "a" })],
    want: { a: "" },
    after: { a: "10.0.0.1" },
  },
  {
    name: "no move is allowed now",
    services: [serviceOf({ name: "a", held: ["10.0.0.1"] })],
    left: 0,
    want: { a: "10.0.0.1" },
    stays: { a: "MoveDelayed" },
  },
  {
    name: "another pool, where that of the address has nothing more",
    config: configOf(testPool("a", ["10.0.0.1"]), testPool("b", ["10.0.1.1"])),
    services: [serviceOf({ name: "a", held: ["10.0.0.1"] })],
    want: { a: "10.0.1.1" },
  },
  {
    name: "the pool that is asked for, and no other",
    config: configOf(
      testPool("a", ["10.0.1.1"]),
      testPool("b", ["10.0.0.1-10.0.0.2"], { autoAssign: false }),
    ),
    services: [serviceOf({ name: "a", held: ["10.0.0.1"], annotations: POOL_B })],
    want: { a: "10.0.0.2" },
  },
  {
    name: "of two families only the one that a stranger uses changes",
    config: DUAL,
    services: [dualServiceOf({ name: "a", held: ["10.0.0.1", "fd00::1"] })],
    quarantined: ["fd00::1"],
    want: { a: "10.0.0.1,fd00::2" },
  },
  {
    name: "both families",
    config: DUAL,
    services: [dualServiceOf({ name: "a", held: ["10.0.0.1", "fd00::1"] })],
    quarantined: ["10.0.0.1", "fd00::1"],
    want: { a: "10.0.0.2,fd00::2" },
  },
  {
    name: "two families stay in one pool",
    config: configOf(
      testPool("a", ["10.0.0.1", "fd00::1"]),
      testPool("b", ["10.0.1.1", "fd00:1::1"]),
    ),
    services: [dualServiceOf({ name: "a", held: ["10.0.0.1", "fd00::1"] })],
    want: { a: "10.0.0.1,fd00::1" },
    stays: { a: "NothingFree" },
  },
];

Deno.test("a Service leaves an address that a stranger uses", async (t) => {
  for (const { name, config = LAN, services, quarantined, left, want, ...row } of rows) {
    await t.step(name, () => {
      const { after = want, stays = {} } = row;
      const options = { setAside: setAside(quarantined ?? ["10.0.0.1"], left) };
      const settled = settleAll(config, services, options).services;
      assert.deepEqual(assigned(settled), want);
      assert.deepEqual(conflictReasons(settled), stays);
      const reversed = settleAll(config, services.toReversed(), options).services;
      assert.deepEqual(assigned(reversed), want);
      const free = settleAll(config, settled).services;
      assert.deepEqual([assigned(free), conflictReasons(free)], [after, {}]);
    });
  }
});

Deno.test("a Service is told why it moved, with MAC and node", () => {
  const service = serviceOf({ name: "a", held: ["10.0.0.1"] });
  const { notes } = settleAll(LAN, [service], { setAside: setAside(["10.0.0.1"]) });
  assert.deepEqual(notes.map(({ type, reason, message }) => `${type} ${reason}: ${message}`), [
    "Warning AddressQuarantined: 10.0.0.1 is used by 02:00:00:00:00:aa, which belongs to no node " +
    'of ours (seen by node "n1"): the Service gets 10.0.0.2 instead',
    'Normal IPAllocated: Assigned IP "10.0.0.2"',
  ]);
});

Deno.test("a Service that stays is told once, by Event and condition, why and what would help", () => {
  const service = serviceOf({ name: "a", held: ["10.0.0.1"], loadBalancerIP: "10.0.0.1" });
  const { notes, services } = settleAll(LAN, [service], { setAside: setAside(["10.0.0.1"]) });
  const message = "10.0.0.1 is used by 02:00:00:00:00:aa, which belongs to no node of ours " +
    '(seen by node "n1"); it stays assigned, because the Service asks for it by name; to solve it: ' +
    "take the address away from that machine, or let the Service ask for another or for none";
  assert.deepEqual(notes.map((note) => `${note.reason}: ${note.message}`), [
    `AddressQuarantined: ${message}`,
  ]);
  const condition = services[0]?.conditions.find(({ type }) => type === CONFLICT_CONDITION);
  assert.deepEqual([condition?.status, condition?.message], ["True", message]);
});

Deno.test("a Service that gets none is told that addresses are in quarantine", () => {
  const config = configOf(testPool("lan", ["10.0.0.1"]));
  const { notes } = settleAll(config, [serviceOf({ name: "a" })], {
    setAside: setAside(["10.0.0.1"]),
  });
  assert.match(notes[0]?.message ?? "", /^Failed .* take those in quarantine away/);
});

Deno.test("a stranger that is gone moves nobody, but its address is not given out yet", () => {
  const quarantine = quarantineOf([reportsOf("n1", { ip: "10.0.0.1", over: "T1" })]);
  const options = { setAside: { quarantine, allowance: { left: 9, begun: new Set<string>() } } };
  const holder = serviceOf({ name: "holder", held: ["10.0.0.1"] });
  assert.deepEqual(assigned(settleAll(LAN, [holder], options).services), { holder: "10.0.0.1" });
  const named = serviceOf({ name: "named", loadBalancerIP: "10.0.0.1" });
  const { services, notes } = settleAll(LAN, [named, serviceOf({ name: "any" })], options);
  assert.deepEqual(assigned(services), { named: "", any: "10.0.0.2" });
  assert.match(notes.map(({ message }) => message).join("\n"), /10\.0\.0\.1 was lately used by/);
});

Deno.test("those left behind by a lost write follow, when no further move is allowed", () => {
  const services = [
    sharerOf({ name: "p80", port: 80, held: ["10.0.0.2"] }),
    sharerOf({ name: "p81", port: 81, held: ["10.0.0.1"] }),
  ];
  const { quarantine } = setAside(["10.0.0.1"]);
  const allowance = { left: 0, begun: new Set(["10.0.0.1"]) };
  const settled = settleAll(LAN, services, { setAside: { quarantine, allowance } });
  assert.deepEqual(assigned(settled.services), { p80: "10.0.0.2", p81: "10.0.0.2" });
});

interface SharerSpec {
  readonly name: string;
  readonly port: number;
  readonly held: readonly string[];
  readonly age?: number;
  readonly loadBalancerIP?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function sharerOf({ port, annotations, ...spec }: SharerSpec): Service {
  return serviceOf({
    ...spec,
    annotations: { "metallb.io/allow-shared-ip": "k", ...annotations },
    ports: [{ protocol: "TCP", port }],
  });
}

function conflictReasons(services: readonly Service[]): Readonly<Record<string, string>> {
  return Object.fromEntries(services.flatMap(({ meta, conditions }) => {
    const condition = conditions.find(({ type }) => type === CONFLICT_CONDITION);
    return condition === undefined ? [] : [[meta.name, condition.reason]];
  }));
}
