import {
  change,
  create,
  failed,
  gets,
  none,
  pool,
  remove,
  type Scenario,
  step,
} from "../scenario.ts";

/** Which address a Service gets that asks for none by name. */
export const ALLOCATION: readonly Scenario[] = [
  {
    name: "the lowest free address comes first, the first and the last of a prefix are addresses",
    rules: ["A1", "A2", "E1"],
    steps: [
      step([pool("p", ["192.0.2.0/31"])]),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "ranges are used in the order in which they are listed",
    rules: ["A2"],
    steps: [
      step([pool("p", ["192.0.2.9-192.0.2.9", "192.0.2.4/32"])]),
      step([create("a")], { a: gets("192.0.2.9", "p") }),
      step([create("b")], { b: gets("192.0.2.4", "p") }),
    ],
  },
  {
    name: "a pool without autoAssign is not given out unasked",
    rules: ["A3", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"], { autoAssign: false })]),
      step([create("a")], { a: none(failed("a", "no available IPs")) }),
      step([pool("p", ["192.0.2.0/28"])], { a: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "what a deletion frees goes to the Service that waits",
    rules: ["A4", "A5", "E2"],
    steps: [
      step([pool("p", ["192.0.2.7/32"])]),
      step([create("a")], { a: gets("192.0.2.7", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
      step([remove("a")], { b: gets("192.0.2.7", "p") }),
    ],
  },
  {
    name: "what a change of type frees goes to the Service that waits",
    rules: ["A5", "K8"],
    steps: [
      step([pool("p", ["192.0.2.7/32"])]),
      step([create("a")], { a: gets("192.0.2.7", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
      step([change("a", { type: "ClusterIP" })], { a: none(), b: gets("192.0.2.7", "p") }),
    ],
  },
  {
    name: "addresses that end in .0 and .255 are left out with avoidBuggyIPs",
    rules: ["A6"],
    steps: [
      step([pool("p", ["192.0.2.255-192.0.3.1"], { avoidBuggyIPs: true })]),
      step([create("a")], { a: gets("192.0.3.1", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
    ],
  },
  {
    name: "a pool that grows serves who waits",
    rules: ["A5"],
    steps: [
      step([pool("p", ["192.0.2.7/32"])]),
      step([create("a")], { a: gets("192.0.2.7", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
      step([pool("p", ["192.0.2.7/32", "192.0.2.1/32"])], { b: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "a Service that was there before any pool is told why it waits, and is served",
    rules: ["A5", "E5"],
    steps: [
      step([create("a")], { a: none(failed("a", "no configuration is in force")) }),
      step([pool("p", ["192.0.2.7/32"])], { a: gets("192.0.2.7", "p") }),
    ],
    differs: {
      kind: "event",
      metallb: "Says nothing to a Service while there is no pool at all.",
      why: "Nobody should have to guess why a Service waits.",
    },
  },
  {
    name: "when one pool is used up the other one serves, in order of name",
    rules: ["A7"],
    steps: [
      step([pool("q", ["192.0.2.2/32"]), pool("p", ["192.0.2.1/32"])]),
      step([create("a")], { a: gets("192.0.2.1", "p") }),
      step([create("b")], { b: gets("192.0.2.2", "q") }),
      step([create("c")], { c: none(failed("c", "no available IPs")) }),
    ],
    differs: {
      kind: "chance",
      metallb: "Tries pools of equal priority in random order.",
      why: "The same objects give the same answer.",
    },
  },
  {
    name: "a pool of IPv6 addresses is for Services of IPv6",
    rules: ["A1", "F1"],
    steps: [
      step([pool("p", ["2001:db8::/126"])]),
      step([create("a", { ipFamilies: ["IPv6"] })], { a: gets("2001:db8::", "p") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
    ],
  },
  {
    name: "a large IPv6 pool is a pool like others",
    rules: ["A1"],
    steps: [
      step([pool("p", ["2001:db8::/64"])]),
      step([create("a", { ipFamilies: ["IPv6"] }), create("b", { ipFamilies: ["IPv6"] })], {
        a: gets("2001:db8::", "p"),
        b: gets("2001:db8::1", "p"),
      }),
    ],
  },
  {
    name: "Services of a class and of other types are left alone",
    rules: ["A8", "A9"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([
        create("theirs", { loadBalancerClass: "example.org/theirs" }),
        create("inside", { type: "ClusterIP" }),
        create("port", { type: "NodePort" }),
      ], { theirs: none() }),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a pool needs no advertisement to be given out",
    rules: ["A10"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "with --lb-class only Services of that class are served",
    rules: ["A8"],
    lbClass: "example.org/ours",
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("bare"), create("theirs", { loadBalancerClass: "example.org/theirs" })], {
        bare: none(),
        theirs: none(),
      }),
      step([create("ours", { loadBalancerClass: "example.org/ours" })], {
        ours: gets("192.0.2.0", "p"),
      }),
    ],
  },
  {
    name: "avoidBuggyIPs is about IPv4 alone",
    rules: ["A6"],
    steps: [
      step([pool("p", ["2001:db8::/126"], { avoidBuggyIPs: true })]),
      step([create("a", { ipFamilies: ["IPv6"] })], { a: gets("2001:db8::", "p") }),
    ],
  },
];
