import type { JsonObject } from "../../../kube/types.ts";
import {
  added,
  change,
  cleared,
  create,
  failed,
  gets,
  has,
  none,
  pool,
  remove,
  type Scenario,
  step,
} from "../scenario.ts";

const V4 = "192.0.2.0/28";
const V6 = "2001:db8::/124";
const PREFER: JsonObject = { ipFamilyPolicy: "PreferDualStack" };
const REQUIRE: JsonObject = { ipFamilyPolicy: "RequireDualStack" };

const SINGLE: JsonObject = {
  ipFamilyPolicy: "SingleStack",
  ipFamilies: ["IPv4"],
  clusterIPs: null,
};

/** One family or two, in a cluster that has both. */
export const FAMILIES: readonly Scenario[] = [
  {
    name: "PreferDualStack gets an address of each family from a pool that has both",
    rules: ["F2", "F3"],
    steps: [
      step([pool("p", [V4, V6]), create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
    ],
  },
  {
    name: "the order of ipFamilies is the order of the addresses",
    rules: ["F4"],
    steps: [
      step([pool("p", [V4, V6])]),
      step([create("a", { ...PREFER, ipFamilies: ["IPv6", "IPv4"] })], {
        a: gets("2001:db8::, 192.0.2.0", "p"),
      }),
    ],
    differs: {
      kind: "address",
      metallb:
        "Puts IPv4 first whatever the Service says; v0.16 goes by the text of the addresses.",
      why:
        "The first family of a Service is its primary one, and clients of the API take the first address.",
    },
  },
  {
    name: "SingleStack gets one address of its family from a pool that has both",
    rules: ["F1"],
    steps: [
      step([pool("p", [V4, V6])]),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b", { ipFamilies: ["IPv6"] })], { b: gets("2001:db8::", "p") }),
    ],
  },
  {
    name: "PreferDualStack takes a pool with both families before one with its first alone",
    rules: ["F2", "F5"],
    steps: [
      step([pool("a4", ["203.0.113.0/28"]), pool("p", [V4, V6])]),
      step([create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
    ],
  },
  {
    name: "PreferDualStack is content with the first family",
    rules: ["F2", "E7"],
    steps: [
      step([pool("p", [V4])]),
      step([create("a", PREFER)], {
        a: gets(
          "192.0.2.0",
          "p",
          "Normal AdditionalAssignFailed: cannot assign additional IP in PreferDualStack: …",
        ),
      }),
    ],
  },
  {
    name: "PreferDualStack with IPv6 first is content with IPv4",
    rules: ["F2", "E7"],
    steps: [
      step([pool("p", [V4])]),
      step([create("a", { ...PREFER, ipFamilies: ["IPv6", "IPv4"] })], {
        a: gets(
          "192.0.2.0",
          "p",
          "Normal AdditionalAssignFailed: cannot assign additional IP in PreferDualStack: …",
        ),
      }),
    ],
  },
  {
    name: "RequireDualStack gets nothing where only one family is to be had",
    rules: ["F6"],
    steps: [
      step([pool("p", [V4])]),
      step([create("a", REQUIRE)], { a: none(failed("a", "no available IPs")) }),
      step([pool("p", [V4, V6])], { a: gets("192.0.2.0, 2001:db8::", "p") }),
    ],
  },
  {
    name: "both addresses are of one pool",
    rules: ["F5", "F6"],
    steps: [
      step([pool("p", [V4]), pool("q", [V6])]),
      step([create("a", REQUIRE)], { a: none(failed("a", "no available IPs")) }),
    ],
  },
  {
    name: "PreferDualStack gets the second address when its pool comes to have it",
    rules: ["F7"],
    steps: [
      step([pool("p", [V4])]),
      step([create("a", PREFER)], {
        a: gets("192.0.2.0", "p", "Normal AdditionalAssignFailed: …"),
      }),
      step([pool("p", [V4, V6])], { a: has("192.0.2.0, 2001:db8::", "p", added("2001:db8::")) }),
    ],
  },
  {
    name: "PreferDualStack does not leave its pool when another comes to have both families",
    rules: ["F7", "F5"],
    steps: [
      step([pool("p", [V4])]),
      step([create("a", PREFER)], {
        a: gets("192.0.2.0", "p", "Normal AdditionalAssignFailed: …"),
      }),
      step([pool("q", ["203.0.113.0/28", V6])]),
    ],
  },
  {
    name: "PreferDualStack moves to a pool with both families when its own loses one",
    rules: ["F8"],
    steps: [
      step([pool("p", [V4, V6])]),
      step([create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
      step([pool("q", ["203.0.113.0/28", "2001:db8:1::/124"])]),
      step([pool("p", [V4])], {
        a: gets(
          "203.0.113.0, 2001:db8:1::",
          "q",
          cleared("a", ""),
        ),
      }),
    ],
  },
  {
    name: "a Service that comes to prefer both families keeps its address and gets another",
    rules: ["F7", "F9"],
    steps: [
      step([pool("p", [V4, V6]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", PREFER)], { a: has("192.0.2.0, 2001:db8::", "p", added("2001:db8::")) }),
    ],
  },
  {
    name: "a Service that comes to require both families keeps its address and gets another",
    rules: ["F9"],
    steps: [
      step([pool("p", [V4, V6]), create("z")], { z: gets("192.0.2.0", "p") }),
      step([create("a")], { a: gets("192.0.2.1", "p") }),
      step([change("a", REQUIRE)], { a: has("192.0.2.1, 2001:db8::", "p", added("2001:db8::")) }),
    ],
    differs: {
      kind: "event",
      metallb: "Releases the address and allocates two, of which the first may be another one.",
      why: "What can be kept is kept.",
    },
  },
  {
    name: "from PreferDualStack to RequireDualStack and back nothing changes",
    rules: ["F9"],
    steps: [
      step([pool("p", [V4, V6]), create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
      step([change("a", REQUIRE)]),
      step([change("a", PREFER)]),
    ],
  },
  {
    name: "a Service that goes back to one family keeps the address of that family",
    rules: ["F9"],
    steps: [
      step([pool("p", [V4, V6]), create("z")], { z: gets("192.0.2.0", "p") }),
      step([create("a", PREFER)], { a: gets("192.0.2.1, 2001:db8::", "p") }),
      step([change("a", SINGLE)], {
        a: has("192.0.2.1", "p", 'Normal ClearAssignment: Released IP for "default/a": …'),
      }),
    ],
    differs: {
      kind: "event",
      metallb: "Releases both addresses and allocates one, which may be another one.",
      why: "What can be kept is kept.",
    },
  },
  {
    name: "addresses of each family are given out on their own",
    rules: ["F1", "A1"],
    steps: [
      step([pool("p", [V4, V6]), create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
      step([create("b", PREFER)], { b: gets("192.0.2.1, 2001:db8::1", "p") }),
      step([remove("a")]),
      step([create("c", { ipFamilies: ["IPv6"] })], { c: gets("2001:db8::", "p") }),
    ],
  },
  {
    name: "PreferDualStack takes one family where its pool has used up the other",
    rules: ["F2", "E7"],
    steps: [
      step([pool("p", [V4, "2001:db8::/128"])]),
      step([create("a", PREFER)], { a: gets("192.0.2.0, 2001:db8::", "p") }),
      step([create("b", PREFER)], {
        b: gets("192.0.2.1", "p", "Normal AdditionalAssignFailed: …"),
      }),
      step([remove("a")], { b: has("192.0.2.1, 2001:db8::", "p", added("2001:db8::")) }),
    ],
  },
  {
    name: "PreferDualStack is content with the second family where only that is to be had",
    rules: ["F2"],
    steps: [
      step([pool("p", [V6])]),
      step([create("a", PREFER)], {
        a: gets("2001:db8::", "p", "Normal AdditionalAssignFailed: …"),
      }),
    ],
  },
  {
    name: "PreferDualStack takes the first family where two pools have one each",
    rules: ["F2", "F5"],
    steps: [
      step([pool("p", [V6]), pool("q", [V4])]),
      step([create("a", PREFER)], {
        a: gets("192.0.2.0", "q", "Normal AdditionalAssignFailed: …"),
      }),
    ],
  },
];
