import { configOf, dualServiceOf, serviceOf, testPool } from "../../controller/testing.ts";
import { type Change, DUAL, LAN, TWO } from "./changes.ts";

const POOL = "metallb.io/address-pool";

/** The pools change under live Services. */
export const POOL_ROWS: readonly Change[] = [
  {
    name: "a pool is renamed",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("net", ["10.0.0.0/24"])),
    want: { x: "10.0.0.1 net" },
  },
  {
    name: "a pool is split",
    config: LAN,
    services: [serviceOf({ name: "x" }), serviceOf({ name: "y" })],
    then: configOf(testPool("p", ["10.0.0.1"]), testPool("q", ["10.0.0.2-10.0.0.9"])),
    want: { x: "10.0.0.1 p", y: "10.0.0.2 q" },
  },
  {
    name: "a pool is split between the families of a Service",
    config: DUAL,
    services: [dualServiceOf({ name: "x" })],
    then: configOf(testPool("four", ["10.0.0.0/24"]), testPool("six", ["fd00::/64"])),
    want: { x: "10.0.0.1,fd00::1 four" },
  },
  {
    name: "a pool shrinks",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("lan", ["10.0.0.2-10.0.0.9"])),
    want: { x: "10.0.0.2 lan" },
    told: ['ClearAssignment: "10.0.0.1" is not allowed in config', "IPAllocated: 10.0.0.2"],
  },
  {
    name: "a pool is deleted, and another takes over",
    config: TWO,
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("b", ["10.0.2.1"])),
    want: { x: "10.0.2.1 b" },
    told: ["ClearAssignment: not allowed in config", "IPAllocated: 10.0.2.1"],
  },
  {
    name: "a pool that is asked for is deleted",
    config: TWO,
    services: [serviceOf({ name: "x", annotations: { [POOL]: "a" } })],
    then: configOf(testPool("b", ["10.0.2.1"])),
    want: { x: "" },
    told: ["ClearAssignment: not allowed in config", 'AllocationFailed: unknown pool "a"'],
  },
  {
    name: "the last pool is deleted",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    then: configOf(),
    want: { x: "" },
    told: ["ClearAssignment: not allowed in config", "AllocationFailed: create an address pool"],
  },
  {
    name: "a pool is not given out unasked any more",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("lan", ["10.0.0.0/24"], { autoAssign: false })),
    want: { x: "10.0.0.1 lan" },
  },
  {
    name: "a pool begins to avoid what is held",
    config: configOf(testPool("lan", ["10.0.0.0/24"])),
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("lan", ["10.0.0.0/24"], { avoidBuggyIPs: true })),
    want: { x: "10.0.0.1 lan" },
    told: ['ClearAssignment: "10.0.0.0" is not allowed in config', "IPAllocated: 10.0.0.1"],
  },
  {
    name: "a pool that comes first in order of name appears",
    config: LAN,
    services: [serviceOf({ name: "x" })],
    then: configOf(testPool("a", ["10.0.9.1"]), ...LAN.pools),
    want: { x: "10.0.0.1 lan" },
  },
];
