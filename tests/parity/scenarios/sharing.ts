import type { JsonObject } from "../../../kube/types.ts";
import {
  annotate,
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

const SHARE = "metallb.io/allow-shared-ip";

/** What a Service with a sharing key is created with. */
function sharing(port: number, more: JsonObject = {}, key = "k"): JsonObject {
  return { annotations: { [SHARE]: key }, ports: [{ port }], ...more };
}

function local(port: number, app: string): JsonObject {
  return sharing(port, { externalTrafficPolicy: "Local", selector: { app } });
}

function inUseBy(service: string, others: string): string {
  return `can't change sharing key for "default/${service}", address also in use by ${others}`;
}

/** Several Services with one address. */
export const SHARING: readonly Scenario[] = [
  {
    name: "Services with one key and different ports share an address",
    rules: ["S1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(443))], { b: gets("192.0.2.0", "p") }),
      step([create("c", sharing(8080))], { c: gets("192.0.2.0", "p") }),
      step([remove("a")]),
    ],
  },
  {
    name: "Services with one key and the same port do not share",
    rules: ["S2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(80))], { b: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "a port of TCP and the same of UDP are different ports",
    rules: ["S2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(53))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(0, { ports: [{ port: 53, protocol: "UDP" }] }))], {
        b: gets("192.0.2.0", "p"),
      }),
    ],
  },
  {
    name: "Services with different keys, or without, do not share",
    rules: ["S1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81, {}, "other"))], { b: gets("192.0.2.1", "p") }),
      step([create("c", { ports: [{ port: 82 }] })], { c: gets("192.0.2.2", "p") }),
      step([create("d", { ports: [{ port: 83 }], annotations: { [SHARE]: "" } })], {
        d: gets("192.0.2.3", "p"),
      }),
    ],
  },
  {
    name: "the namespace of Services that share does not matter",
    rules: ["S3"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("kube-public/b", sharing(81))], { "kube-public/b": gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "Services with policy Local share if their selectors are equal",
    rules: ["S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", local(80, "x"))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", local(81, "x"))], { b: gets("192.0.2.0", "p") }),
      step([create("c", local(82, "y"))], { c: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "a Service with policy Local and one with Cluster do not share",
    rules: ["S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", local(80, "x"))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", sharing(81, { selector: { app: "x" } }))], { b: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "with policy Cluster the selectors of Services that share do not matter",
    rules: ["S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(80, { selector: { app: "x" } }))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81, { selector: { app: "y" } }))], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a requested address whose port is in use is refused, and comes when the port is free",
    rules: ["S5", "A5", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(80, { loadBalancerIP: "192.0.2.5" }))], {
        a: gets("192.0.2.5", "p"),
      }),
      step([create("b", sharing(80, { loadBalancerIP: "192.0.2.5" }))], {
        b: none(failed("b", 'port TCP/80 is already in use on "192.0.2.5"')),
      }),
      step([change("a", { ports: [{ port: 81 }] })], { b: gets("192.0.2.5", "p") }),
    ],
    differs: {
      kind: "address",
      metallb: "Does not look at the Service that waits when the port becomes free.",
      why: "Whoever waits is served as soon as what it waits for is free.",
    },
  },
  {
    name: "a requested address with another key is refused",
    rules: ["S1", "R6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(80, { loadBalancerIP: "192.0.2.5" }))], {
        a: gets("192.0.2.5", "p"),
      }),
      step([create("b", sharing(81, { loadBalancerIP: "192.0.2.5" }, "other"))], {
        b: none(failed("b", inUseBy("b", "default/a"))),
      }),
      step([annotate("b", SHARE, "k")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "whoever takes away its key loses the shared address, the others keep it",
    rules: ["S6", "E4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([annotate("b", SHARE, null)], {
        b: gets("192.0.2.1", "p", cleared("b", inUseBy("b", "default/a"))),
      }),
    ],
  },
  {
    name: "the older one loses the shared address too, where it is the one that takes away its key",
    rules: ["S6", "E4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([annotate("a", SHARE, null)], {
        a: gets("192.0.2.1", "p", cleared("a", inUseBy("a", "default/b"))),
      }),
    ],
  },
  {
    name:
      "the older one loses the shared address too, where it is the one that takes another's port",
    rules: ["S6", "S2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([change("a", { ports: [{ port: 81 }] })], {
        a: gets(
          "192.0.2.1",
          "p",
          cleared("a", 'port TCP/81 is already in use on "192.0.2.0"'),
        ),
      }),
    ],
  },
  {
    name: "whoever takes another's port loses the shared address",
    rules: ["S6", "S2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([change("b", { ports: [{ port: 80 }] })], {
        b: gets(
          "192.0.2.1",
          "p",
          cleared("b", 'port TCP/80 is already in use on "192.0.2.0"'),
        ),
      }),
    ],
  },
  {
    name: "ports that change without conflict change nothing",
    rules: ["S7"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([change("b", { ports: [{ port: 82 }] })]),
      step([create("c", sharing(81))], { c: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "whoever changes its traffic policy loses the shared address",
    rules: ["S6", "S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([change("b", { externalTrafficPolicy: "Local" })], {
        b: gets("192.0.2.1", "p", cleared("b", inUseBy("b", "default/a"))),
      }),
    ],
  },
  {
    name: "whoever changes its selector under policy Local loses the shared address",
    rules: ["S6", "S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", local(80, "x"))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", local(81, "x"))], { b: gets("192.0.2.0", "p") }),
      step([change("b", { selector: { app: "y" } })], {
        b: gets("192.0.2.1", "p", cleared("b", inUseBy("b", "default/a"))),
      }),
    ],
  },
  {
    name: "a Service that waits gets the address when a traffic policy comes to agree",
    rules: ["S4", "A5"],
    steps: [
      step([pool("p", ["192.0.2.0/32"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", local(81, "b"))], { b: none(failed("b", "no available IPs")) }),
      step([change("b", { externalTrafficPolicy: "Cluster" })], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service that waits gets the address when the holder's traffic policy comes to agree",
    rules: ["S4", "A5"],
    steps: [
      step([pool("p", ["192.0.2.0/32"]), create("a", local(80, "a"))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", sharing(81))], { b: none(failed("b", "no available IPs")) }),
      step([change("a", { externalTrafficPolicy: "Cluster" })], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service that waits gets the address when its selector comes to agree",
    rules: ["S4", "A5"],
    steps: [
      step([pool("p", ["192.0.2.0/32"]), create("a", local(80, "x"))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", local(81, "y"))], { b: none(failed("b", "no available IPs")) }),
      step([change("b", { selector: { app: "x" } })], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "whoever has an address alone may change its key",
    rules: ["S8"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([annotate("a", SHARE, "other")]),
      step([create("b", sharing(81, {}, "other"))], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name:
      "a shared address is taken before a free one that comes later, but not before an earlier one",
    rules: ["S9", "A1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(80, { loadBalancerIP: "192.0.2.5" }))], {
        a: gets("192.0.2.5", "p"),
      }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "dual-stack Services share both addresses",
    rules: ["S10", "F3"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([create("a", sharing(80, { ipFamilyPolicy: "RequireDualStack" }))], {
        a: gets("192.0.2.0, 2001:db8::", "p"),
      }),
      step([create("b", sharing(81, { ipFamilyPolicy: "RequireDualStack" }))], {
        b: gets("192.0.2.0, 2001:db8::", "p"),
      }),
      step([create("c", sharing(82))], { c: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "the last one to share an address keeps it",
    rules: ["S8"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([remove("a")]),
      step([annotate("b", SHARE, null)]),
      step([create("c", { ports: [{ port: 443 }] })], { c: gets("192.0.2.1", "p") }),
    ],
  },
  {
    name: "Services that share keep the address when one of them asks for it by name",
    rules: ["S1", "R14"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
      step([change("b", { loadBalancerIP: "192.0.2.0" })], {
        b: has("192.0.2.0", "p"),
      }),
    ],
  },
  {
    name: "whoever has an address alone may change its traffic policy",
    rules: ["S8"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", sharing(80))], { a: gets("192.0.2.0", "p") }),
      step([change("a", { externalTrafficPolicy: "Local" })]),
      step([create("b", local(81, "a"))], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service with policy Local and no selector shares with Cluster",
    rules: ["S4"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", sharing(80, { externalTrafficPolicy: "Local", selector: {} }))], {
        a: gets("192.0.2.0", "p"),
      }),
      step([create("b", sharing(81))], { b: gets("192.0.2.0", "p") }),
    ],
  },
];
