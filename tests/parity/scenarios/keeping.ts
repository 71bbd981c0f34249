import {
  annotate,
  change,
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

/** When a Service keeps its address while pools or its status change. */
export const KEEPING: readonly Scenario[] = [
  {
    name: "a pool that shrinks takes its addresses away",
    rules: ["K1", "E4"],
    steps: [
      step([pool("p", ["192.0.2.0-192.0.2.3"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: gets("192.0.2.1", "p") }),
      step([pool("p", ["192.0.2.1-192.0.2.3"])], {
        a: gets("192.0.2.2", "p", cleared("a", '"192.0.2.0" is not allowed in config')),
      }),
    ],
  },
  {
    name: "when a pool is deleted another one serves",
    rules: ["K1", "E4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([pool("q", ["203.0.113.0/28"])]),
      step([deletePool("p")], {
        a: gets("203.0.113.0", "q", cleared("a", '"192.0.2.0" is not allowed in config')),
      }),
    ],
  },
  {
    name: "when the last pool is deleted no address stays, and that is told",
    rules: ["K2", "E5"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([deletePool("p")], {
        a: none(
          cleared("a", '"192.0.2.0" is not allowed in config'),
          failed("a", "no available IPs"),
        ),
      }),
    ],
    differs: {
      kind: "event",
      metallb: "Says nothing to the Service.",
      why: "Nobody should have to guess where an address went.",
    },
  },
  {
    name: "a pool that grows, or is written in another way, changes nothing",
    rules: ["K3"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([pool("p", ["192.0.2.0/24"])]),
      step([pool("p", ["192.0.2.9-192.0.2.20", "192.0.2.0-192.0.2.8"])]),
    ],
  },
  {
    name: "a pool that is not given out unasked any more changes nothing for who has of it",
    rules: ["K4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([pool("p", ["192.0.2.0/28"], { autoAssign: false })]),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
    ],
  },
  {
    name: "avoidBuggyIPs takes away an address that ends in .0",
    rules: ["K5", "A6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([pool("p", ["192.0.2.0/28"], { avoidBuggyIPs: true })], {
        a: gets("192.0.2.1", "p", cleared("a", '"192.0.2.0" is not allowed in config')),
      }),
    ],
  },
  {
    name: "a Service that becomes a LoadBalancer again is a new one",
    rules: ["K8"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: gets("192.0.2.1", "p") }),
      step([change("a", { type: "ClusterIP", allocateLoadBalancerNodePorts: null })], {
        a: none(),
      }),
      step([create("c")], { c: gets("192.0.2.0", "p") }),
      step([change("a", { type: "LoadBalancer" })], { a: gets("192.0.2.2", "p") }),
    ],
  },
  {
    name: "a status that is emptied by hand is filled again",
    rules: ["K9"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([writeStatus("a")], { a: has("192.0.2.0", "p") }),
    ],
  },
  {
    name: "an address of no pool in a status is replaced",
    rules: ["K9", "E4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([writeStatus("a", "203.0.113.9")], {
        a: has("192.0.2.0", "p", cleared("a", '"203.0.113.9" is not allowed in config')),
      }),
    ],
  },
  {
    name: "a free address of a pool that is written into a status is adopted",
    rules: ["K10"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([writeStatus("a", "192.0.2.7")], { a: has("192.0.2.7", "p") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "an address that another Service has cannot be taken by writing it into a status",
    rules: ["K9", "K11"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: gets("192.0.2.1", "p") }),
      step([writeStatus("b", "192.0.2.0")], {
        b: has(
          "192.0.2.1",
          "p",
          cleared(
            "b",
            'can\'t change sharing key for "default/b", address also in use by default/a',
          ),
        ),
      }),
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

/** Oddities of a Service's life. */
export const LIVES: readonly Scenario[] = [
  {
    name: "a host name in a status is no address, and is replaced",
    rules: ["K9"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([
        { kind: "status", service: "a", ingress: [{ hostname: "lb.example.org" }] },
      ], { a: has("192.0.2.0", "p") }),
    ],
  },
  {
    name: "of two addresses of one family in a status the first stays",
    rules: ["K9", "F1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("z")], { z: gets("192.0.2.0", "p") }),
      step([create("a")], { a: gets("192.0.2.1", "p") }),
      step([writeStatus("a", "192.0.2.1", "192.0.2.2")], {
        a: has("192.0.2.1", "p", "Normal ClearAssignment: …"),
      }),
    ],
    differs: {
      kind: "event",
      metallb: "Tells `nolbIPsIPFamily`, in the words of its own functions.",
      why: "The same is said in the words in which every other loss is.",
    },
  },
  {
    name: "a Service that is being deleted keeps its address until it is gone",
    rules: ["K15"],
    steps: [
      step([pool("p", ["192.0.2.0/32"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
      step([
        { kind: "patch", service: "a", patch: { metadata: { finalizers: ["example.org/wait"] } } },
        remove("a"),
      ]),
      step([
        { kind: "patch", service: "a", patch: { metadata: { finalizers: null } } },
      ], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service that comes back with a class is left alone",
    rules: ["A8", "K8"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", { type: "ClusterIP", allocateLoadBalancerNodePorts: null })], {
        a: none(),
      }),
      step([change("a", { type: "LoadBalancer", loadBalancerClass: "example.org/theirs" })]),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a pool that is deleted and made again serves as before",
    rules: ["K1", "A5"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/32"], { autoAssign: false })]),
      step([create("a", { loadBalancerIP: "192.0.2.5" })], { a: gets("192.0.2.5", "p") }),
      step([deletePool("p")], {
        a: none(
          cleared("a", '"192.0.2.5" is not allowed in config'),
          failed("a", '"192.0.2.5" is not allowed in config'),
        ),
      }),
      step([pool("p", ["192.0.2.0/28"])], { a: has("192.0.2.5", "p") }),
    ],
  },
];

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
];
