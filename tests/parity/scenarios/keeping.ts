import {
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
    name: "two addresses in a status that stand in the wrong order are put right",
    rules: ["K9", "F4"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([create("a", { ipFamilyPolicy: "PreferDualStack" })], {
        a: gets("192.0.2.0, 2001:db8::", "p"),
      }),
      step([writeStatus("a", "2001:db8::", "192.0.2.0")], {
        a: has("192.0.2.0, 2001:db8::", "p"),
      }),
    ],
    differs: {
      kind: "address",
      metallb: "Keeps the order that it finds.",
      why: "The order of the addresses is that of `spec.ipFamilies`, whoever wrote them.",
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
