import type { JsonObject } from "../../../kube/types.ts";
import {
  type Change,
  cleared,
  create,
  failed,
  gets,
  has,
  label,
  namespace,
  none,
  pool,
  remove,
  type Scenario,
  step,
} from "../scenario.ts";

const FOR_TEAM = { namespaces: ["team"], priority: 10 };
const POOL = "metallb.io/address-pool";
const NOT_FOR_IT = "pool q not compatible for ip assignment";

/** A pool with `serviceAllocation`. */
function kept(name: string, addresses: string, serviceAllocation: JsonObject): Change {
  return pool(name, [addresses], { serviceAllocation });
}

/** Which Services a pool is for. */
export const SERVICE_ALLOCATION: readonly Scenario[] = [
  {
    name: "a pool for a namespace serves it first, and nobody else",
    rules: ["A11", "A12"],
    steps: [
      step([namespace("team"), pool("p", ["192.0.2.0/28"]), kept("q", "203.0.113.0/28", FOR_TEAM)]),
      step([create("team/a")], { "team/a": gets("203.0.113.0", "q") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "whoever a pool is not for gets nothing of it",
    rules: ["A11"],
    steps: [
      step([namespace("team"), kept("q", "203.0.113.0/28", FOR_TEAM)]),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
    ],
  },
  {
    name: "the lower priority is tried first, none at all comes last",
    rules: ["A13"],
    steps: [
      step([namespace("team"), kept("p", "192.0.2.0/32", { namespaces: ["team"] })]),
      step([kept("q", "192.0.2.1/32", { namespaces: ["team"], priority: 20 })]),
      step([kept("r", "192.0.2.2/32", { namespaces: ["team"], priority: 10 })]),
      step([create("team/a")], { "team/a": gets("192.0.2.2", "r") }),
      step([create("team/b")], { "team/b": gets("192.0.2.1", "q") }),
      step([create("team/c")], { "team/c": gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "priority alone counts for every Service",
    rules: ["A13"],
    steps: [
      step([
        kept("p", "192.0.2.0/32", { priority: 20 }),
        kept("q", "192.0.2.1/32", { priority: 1 }),
      ]),
      step([create("a")], { a: gets("192.0.2.1", "q") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "when a namespace's own pool is used up the open ones serve",
    rules: ["A12"],
    steps: [
      step([namespace("team"), pool("p", ["192.0.2.0/28"]), kept("q", "203.0.113.0/32", FOR_TEAM)]),
      step([create("team/a")], { "team/a": gets("203.0.113.0", "q") }),
      step([create("team/b")], { "team/b": gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a pool selects namespaces by their labels",
    rules: ["A11", "A14"],
    steps: [
      step([
        namespace("team", { tier: null }),
        kept("q", "203.0.113.0/28", { namespaceSelectors: [{ matchLabels: { tier: "gold" } }] }),
        namespace("team", { tier: "gold" }),
        create("team/a"),
      ], { "team/a": gets("203.0.113.0", "q") }),
      step([create("b")], { b: none(failed("b", "no available IPs")) }),
    ],
  },
  {
    name: "a namespace that is relabelled gets and loses a pool",
    rules: ["A14", "K7"],
    steps: [
      step([
        namespace("team", { tier: null }),
        namespace("others", { tier: "gold" }),
        kept("q", "203.0.113.0/28", { namespaceSelectors: [{ matchLabels: { tier: "gold" } }] }),
      ]),
      step([create("team/a")], { "team/a": none(failed("team/a", "no available IPs")) }),
      step([namespace("team", { tier: "gold" })], { "team/a": gets("203.0.113.0", "q") }),
      step([pool("p", ["192.0.2.0/28"])]),
      step([namespace("team", { tier: "tin" })], {
        "team/a": gets("192.0.2.0", "p", cleared("team/a", NOT_FOR_IT)),
      }),
      step([namespace("others", { tier: null })]),
    ],
  },
  {
    name: "the last namespace that a pool selects is relabelled and loses it",
    rules: ["A14", "K7"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"]),
        namespace("team", { tier: "gold" }),
        kept("q", "203.0.113.0/28", { namespaceSelectors: [{ matchLabels: { tier: "gold" } }] }),
        create("team/a"),
      ], { "team/a": gets("203.0.113.0", "q") }),
      step([namespace("team", { tier: null })], {
        "team/a": gets("192.0.2.0", "p", cleared("team/a", NOT_FOR_IT)),
      }),
    ],
    differs: {
      kind: "address",
      metallb: "Opens the pool to all while no namespace matches, so that the address stays.",
      why: "A selector that matches nothing selects nothing.",
    },
  },
  {
    name: "a pool is for the namespaces that it names and for those that it selects",
    rules: ["A11", "A14"],
    steps: [
      step([
        namespace("others", { tier: "gold" }),
        kept("q", "203.0.113.0/28", {
          namespaces: ["team"],
          namespaceSelectors: [{ matchLabels: { tier: "gold" } }],
        }),
        namespace("team", { tier: null }),
      ]),
      step([create("team/a")], { "team/a": gets("203.0.113.0", "q") }),
      step([create("others/b")], { "others/b": gets("203.0.113.1", "q") }),
      step([create("c")], { c: none(failed("c", "no available IPs")) }),
      step([namespace("others", { tier: null })], {
        "others/b": none(cleared("others/b", NOT_FOR_IT), failed("others/b", "no available IPs")),
      }),
    ],
  },
  {
    name: "a pool selects Services by their labels",
    rules: ["A11", "A15"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"]),
        kept("q", "203.0.113.0/28", { serviceSelectors: [{ matchLabels: { app: "web" } }] }),
      ]),
      step([create("a", { labels: { app: "web" } })], { a: gets("203.0.113.0", "q") }),
      step([create("b", { labels: { app: "db" } })], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service that a pool does not select any more gets an address of another",
    rules: ["A15", "K7"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"]),
        kept("q", "203.0.113.0/28", { serviceSelectors: [{ matchLabels: { app: "web" } }] }),
      ]),
      step([create("a", { labels: { app: "web" } })], { a: gets("203.0.113.0", "q") }),
      step([label("a", { app: null })], { a: gets("192.0.2.0", "p", cleared("a", NOT_FOR_IT)) }),
    ],
  },
  {
    name: "namespace and Service must both match where a pool names both",
    rules: ["A11", "A15"],
    steps: [
      step([
        namespace("team"),
        pool("p", ["192.0.2.0/28"]),
        kept("q", "203.0.113.0/28", {
          namespaces: ["team"],
          serviceSelectors: [{ matchLabels: { app: "web" } }],
        }),
      ]),
      step([create("team/a", { labels: { app: "web" } })], { "team/a": gets("203.0.113.0", "q") }),
      step([create("b", { labels: { app: "web" } })], { b: gets("192.0.2.0", "p") }),
      step([create("team/c")], { "team/c": gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "a pool that is not for a Service cannot be asked for",
    rules: ["A16"],
    steps: [
      step([namespace("team"), pool("p", ["192.0.2.0/28"]), kept("q", "203.0.113.0/28", FOR_TEAM)]),
      step([create("a", { annotations: { [POOL]: "q" } })], { a: none(failed("a", NOT_FOR_IT)) }),
      step([create("b", { loadBalancerIP: "203.0.113.5" })], { b: none(failed("b", NOT_FOR_IT)) }),
      step([create("team/c", { loadBalancerIP: "203.0.113.5" })], {
        "team/c": gets("203.0.113.5", "q"),
      }),
    ],
  },
  {
    name: "a pool whose namespace selectors match nothing is for nobody",
    rules: ["A14", "A16"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"]),
        kept("q", "203.0.113.0/28", { namespaceSelectors: [{ matchLabels: { tier: "none" } }] }),
      ]),
      step([create("a", { annotations: { [POOL]: "q" } })], { a: none(failed("a", NOT_FOR_IT)) }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
    differs: {
      kind: "address",
      metallb: "Opens the pool to all who ask for it by name while no namespace matches.",
      why: "A selector that matches nothing selects nothing.",
    },
  },
  {
    name: "a pool that comes to be for others takes its addresses away",
    rules: ["K7", "A12"],
    steps: [
      step([namespace("team"), pool("p", ["192.0.2.0/28"]), create("a")], {
        a: gets("192.0.2.0", "p"),
      }),
      step([pool("q", ["203.0.113.0/28"])]),
      step([kept("p", "192.0.2.0/28", FOR_TEAM)], {
        a: gets("203.0.113.0", "q", cleared("a", "pool p not compatible for ip assignment")),
      }),
    ],
  },
  {
    name: "whoever has an address of an open pool keeps it when a pool of its own appears",
    rules: ["K7"],
    steps: [
      step([namespace("team"), pool("p", ["192.0.2.0/28"]), create("team/a")], {
        "team/a": gets("192.0.2.0", "p"),
      }),
      step([kept("q", "203.0.113.0/28", FOR_TEAM)]),
      step([create("team/b")], { "team/b": gets("203.0.113.0", "q") }),
    ],
  },
  {
    name: "a pool for a namespace that is not given out unasked must be asked for",
    rules: ["A3", "A16"],
    steps: [
      step([
        namespace("team"),
        pool("q", ["203.0.113.0/28"], { autoAssign: false, serviceAllocation: FOR_TEAM }),
      ]),
      step([create("team/a")], { "team/a": none(failed("team/a", "no available IPs")) }),
      step([create("team/b", { annotations: { [POOL]: "q" } })], {
        "team/b": gets("203.0.113.0", "q"),
      }),
      step([remove("team/b")], {}),
    ],
  },
  {
    name: "a dual-stack Service takes a pool of its own that has both families",
    rules: ["A12", "F5"],
    steps: [
      step([
        namespace("team"),
        pool("p", ["192.0.2.0/28", "2001:db8::/124"]),
        pool("q", ["203.0.113.0/28", "2001:db8:1::/124"], { serviceAllocation: FOR_TEAM }),
      ]),
      step([create("team/a", { ipFamilyPolicy: "RequireDualStack" })], {
        "team/a": has(
          "203.0.113.0, 2001:db8:1::",
          "q",
          'Normal IPAllocated: Assigned IP ["203.0.113.0" "2001:db8:1::"]',
        ),
      }),
    ],
  },
  {
    name: "whoever has an address of an open pool keeps it when another comes to select it",
    rules: ["K7", "A15"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"]),
        kept("q", "203.0.113.0/28", { serviceSelectors: [{ matchLabels: { app: "web" } }] }),
      ]),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
      step([label("a", { app: "web" })]),
    ],
  },
];
