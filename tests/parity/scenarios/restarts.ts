import {
  annotate,
  cleared,
  create,
  deletePool,
  failed,
  gets,
  has,
  none,
  pool,
  remove,
  restart,
  type Scenario,
  step,
  writeStatus,
} from "../scenario.ts";

/** A controller that stops and starts. */
export const RESTARTS: readonly Scenario[] = [
  {
    name: "a restart changes nothing and tells nothing",
    rules: ["K12"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["2001:db8::/124"])]),
      step([create("a", { loadBalancerIP: "192.0.2.9" })], { a: gets("192.0.2.9", "p") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
      step([create("c", { ipFamilies: ["IPv6"] })], { c: gets("2001:db8::", "q") }),
      step([restart()]),
      step([restart()]),
    ],
  },
  {
    name: "Services that wait take nothing from anyone at five restarts",
    rules: ["K12", "K13"],
    steps: [
      step([pool("p", ["192.0.2.0/31"]), create("x")], { x: gets("192.0.2.0", "p") }),
      step([create("y")], { y: gets("192.0.2.1", "p") }),
      step([create("a"), create("b")], {
        a: none(failed("a", "no available IPs")),
        b: none(failed("b", "no available IPs")),
      }),
      step([restart(), restart(), restart(), restart(), restart()]),
    ],
  },
  {
    name: "what was freed while the controller was down goes to the Service that waits",
    rules: ["K12", "A5"],
    steps: [
      step([pool("p", ["192.0.2.7/32"]), create("a")], { a: gets("192.0.2.7", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
      step([restart(remove("a"))], { b: gets("192.0.2.7", "p") }),
    ],
  },
  {
    name: "who asked for an address by name while the controller was down does not get another's",
    rules: ["K12", "K13", "R6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("b")], { b: gets("192.0.2.0", "p") }),
      step([restart(create("a", { loadBalancerIP: "192.0.2.0" }))], {
        a: none(
          failed(
            "a",
            'can\'t change sharing key for "default/a", address also in use by default/b',
          ),
        ),
      }),
    ],
  },
  {
    name: "an address that lies in a pool of another name after a restart stays",
    rules: ["K6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([restart(deletePool("p"), pool("q", ["192.0.2.0/28"]))], {
        a: has("192.0.2.0", "q"),
      }),
    ],
  },
  {
    name: "pools that were split while the controller was down change nothing",
    rules: ["K6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { loadBalancerIP: "192.0.2.9" })], { a: gets("192.0.2.9", "p") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
      step([restart(pool("p", ["192.0.2.0/29"]), pool("q", ["192.0.2.8/29"]))], {
        a: has("192.0.2.9", "q"),
      }),
    ],
  },
  {
    name: "a pool that shrank while the controller was down takes its addresses away",
    rules: ["K1", "K12"],
    steps: [
      step([pool("p", ["192.0.2.0-192.0.2.3"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([restart(pool("p", ["192.0.2.1-192.0.2.3"]))], {
        a: gets("192.0.2.1", "p", cleared("a", '"192.0.2.0" is not allowed in config')),
      }),
    ],
  },
  {
    name: "an address of no pool found at a start takes no address from who has one",
    rules: ["K13"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("b")], { b: gets("192.0.2.0", "p") }),
      step([restart(create("a"), writeStatus("a", "203.0.113.9"))], {
        a: gets("192.0.2.1", "p", cleared("a", '"203.0.113.9" is not allowed in config')),
      }),
    ],
    differs: {
      kind: "chance",
      metallb: "Sometimes gives the address that another Service has in its status.",
      why: "All that is held is adopted before anything is given out.",
    },
  },
  {
    name: "a dual-stack Service keeps both addresses at a restart, in their order",
    rules: ["K12", "F4"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([
        create("a", {
          ipFamilyPolicy: "PreferDualStack",
          annotations: { "metallb.io/loadBalancerIPs": "192.0.2.5,2001:db8::5" },
        }),
      ], { a: gets("192.0.2.5, 2001:db8::5", "p") }),
      step([restart()]),
      step([annotate("a", "metallb.io/loadBalancerIPs", null)]),
    ],
  },
  {
    name: "Services that share an address share it after a restart",
    rules: ["K12", "S1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { annotations: { "metallb.io/allow-shared-ip": "k" } })], {
        a: gets("192.0.2.0", "p"),
      }),
      step([
        create("b", { annotations: { "metallb.io/allow-shared-ip": "k" }, ports: [{ port: 81 }] }),
      ], { b: gets("192.0.2.0", "p") }),
      step([restart()]),
      step([remove("a")]),
    ],
  },
  {
    name: "a pool that is split between the two addresses of a Service takes none of them",
    rules: ["K6"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([create("a", { ipFamilyPolicy: "PreferDualStack" })], {
        a: gets("192.0.2.0, 2001:db8::", "p"),
      }),
      step([restart(pool("p", ["192.0.2.0/28"]), pool("q", ["2001:db8::/124"]))]),
    ],
    differs: {
      kind: "address",
      metallb: "Takes both and gives one of them, since no pool has both families.",
      why: "A working address is not given up without need.",
    },
  },
];
