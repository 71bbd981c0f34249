import {
  annotate,
  change,
  create,
  failed,
  gets,
  has,
  pool,
  remove,
  type Scenario,
  step,
} from "../scenario.ts";

const IPS = "metallb.io/loadBalancerIPs";
const POOL = "metallb.io/address-pool";

/** Services that have an address and ask for something else. */
export const CHANGED_REQUESTS: readonly Scenario[] = [
  {
    name: "a Service moves to the free address that it asks for",
    rules: ["R14"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", { loadBalancerIP: "192.0.2.9" })], { a: gets("192.0.2.9", "p") }),
      step([create("b")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a Service that asks for an address in use keeps what it has",
    rules: ["R15", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b")], { b: gets("192.0.2.1", "p") }),
      step([change("b", { loadBalancerIP: "192.0.2.0" })], {
        b: has(
          "192.0.2.1",
          "p",
          failed(
            "b",
            'can\'t change sharing key for "default/b", address also in use by default/a',
          ),
        ),
      }),
      step([remove("a")], { b: gets("192.0.2.0", "p") }),
    ],
    differs: {
      kind: "address",
      metallb: "Takes the old address away before it knows whether the new one can be had.",
      why: "A working address is not given up for one that cannot be had.",
    },
  },
  {
    name: "a Service that asks for an address outside all pools keeps what it has",
    rules: ["R15"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", { loadBalancerIP: "203.0.113.9" })], {
        a: has("192.0.2.0", "p", failed("a", '"203.0.113.9" is not allowed in config')),
      }),
    ],
    differs: {
      kind: "address",
      metallb: "Takes the old address away before it knows whether the new one can be had.",
      why: "A working address is not given up for one that cannot be had.",
    },
  },
  {
    name: "a Service whose new request makes no sense keeps what it has",
    rules: ["R15", "E3"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", { loadBalancerIP: "nonsense" })], {
        a: has(
          "192.0.2.0",
          "p",
          'Warning LoadBalancerFailed: invalid requested loadbalancer IPs: invalid spec.loadBalancerIP "nonsense"…',
        ),
      }),
    ],
  },
  {
    name: "a Service keeps the address that it does not ask for any more",
    rules: ["R16"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { loadBalancerIP: "192.0.2.9" })], { a: gets("192.0.2.9", "p") }),
      step([change("a", { loadBalancerIP: null })]),
    ],
  },
  {
    name: "a Service that asks for the address that it has keeps it",
    rules: ["R14"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([change("a", { loadBalancerIP: "192.0.2.0" })]),
      step([change("a", { loadBalancerIP: null }), annotate("a", IPS, "192.0.2.0")]),
    ],
  },
  {
    name: "an address asked for in another spelling is the same address",
    rules: ["R14"],
    steps: [
      step([pool("p", ["2001:db8::/124"])]),
      step([create("a", { ipFamilies: ["IPv6"], loadBalancerIP: "2001:DB8:0::05" })], {
        a: gets("2001:db8::5", "p"),
      }),
      step([change("a", { loadBalancerIP: "2001:db8:0:0::5" })]),
    ],
  },
  {
    name: "a Service moves to the pool that it asks for",
    rules: ["R17"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/28"], { autoAssign: false })]),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
      step([annotate("a", POOL, "q")], { a: gets("203.0.113.0", "q") }),
      step([annotate("a", POOL, null)]),
    ],
  },
  {
    name: "a Service that asks for a pool which is not there keeps what it has",
    rules: ["R15", "R17"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a")], { a: gets("192.0.2.0", "p") }),
      step([annotate("a", POOL, "q")], {
        a: has("192.0.2.0", "p", failed("a", 'unknown pool "q"')),
      }),
      step([pool("q", ["203.0.113.0/28"])], { a: gets("203.0.113.0", "q") }),
    ],
    differs: {
      kind: "address",
      metallb: "Takes the old address away before it knows whether the new pool has one.",
      why: "A working address is not given up for one that cannot be had.",
    },
  },
  {
    name: "a Service whose address and pool contradict one another keeps what it has",
    rules: ["R12", "R15"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/28"], { autoAssign: false })]),
      step([create("a", { loadBalancerIP: "192.0.2.5" })], { a: gets("192.0.2.5", "p") }),
      step([annotate("a", POOL, "q")], {
        a: has(
          "192.0.2.5",
          "p",
          failed(
            "a",
            'requested loadBalancer IP(s) ["192.0.2.5"] is not compatible with requested address pool q',
          ),
        ),
      }),
    ],
    differs: {
      kind: "address",
      metallb: "Takes the address away.",
      why: "A working address is not given up for one that cannot be had.",
    },
  },
];
