import {
  annotate,
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

const IPS = "metallb.io/loadBalancerIPs";
const POOL = "metallb.io/address-pool";
const LEGACY_IPS = "metallb.universe.tf/loadBalancerIPs";
const LEGACY_POOL = "metallb.universe.tf/address-pool";

function deprecated(annotation: string): string {
  return `Warning deprecatedAnnotation: Service uses deprecated annotation ${annotation}…`;
}

/** New Services that ask for an address or a pool. */
export const REQUESTS: readonly Scenario[] = [
  {
    name: "spec.loadBalancerIP asks for an address",
    rules: ["R1", "E1"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), create("a", { loadBalancerIP: "192.0.2.5" })], {
        a: gets("192.0.2.5", "p"),
      }),
    ],
  },
  {
    name: "the annotation loadBalancerIPs asks for an address, blanks do not matter",
    rules: ["R2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { annotations: { [IPS]: " 192.0.2.5 " } })], {
        a: gets("192.0.2.5", "p"),
      }),
    ],
  },
  {
    name: "an address is asked for in the spec or by annotation, not both",
    rules: ["R3", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { loadBalancerIP: "192.0.2.5", annotations: { [IPS]: "192.0.2.5" } })], {
        a: none(failed("a", `service can not have both ${IPS} and svc.Spec.LoadBalancerIP`)),
      }),
      step([change("a", { loadBalancerIP: null })], { a: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a text that is no address is refused",
    rules: ["R4", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([
        create("a", { loadBalancerIP: "192.0.2" }),
        create("b", { annotations: { [IPS]: "192.0.2.5,nonsense" } }),
      ], {
        a: none(failed("a", 'invalid spec.loadBalancerIP "192.0.2"')),
        b: none(failed("b", `invalid ${IPS}: "192.0.2.5,nonsense"`)),
      }),
    ],
  },
  {
    name: "an address outside all pools is refused, until a pool has it",
    rules: ["R5", "A5", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { loadBalancerIP: "203.0.113.9" })], {
        a: none(failed("a", '"203.0.113.9" is not allowed in config')),
      }),
      step([pool("q", ["203.0.113.9/32"])], { a: gets("203.0.113.9", "q") }),
    ],
  },
  {
    name: "an address in use is refused, and comes when it is free",
    rules: ["R6", "A5", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a")], { a: gets("192.0.2.0", "p") }),
      step([create("b", { loadBalancerIP: "192.0.2.0" })], {
        b: none(
          failed(
            "b",
            'can\'t change sharing key for "default/b", address also in use by default/a',
          ),
        ),
      }),
      step([remove("a")], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "an address of the other family is refused",
    rules: ["R7"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([create("a", { loadBalancerIP: "2001:db8::5" })], {
        a: none(
          failed(
            "a",
            'requested loadBalancer IP(s) ["2001:db8::5"] does not match the ipFamily of the service',
          ),
        ),
      }),
    ],
  },
  {
    name: "a dual-stack Service asks for one address of each family",
    rules: ["R2", "R7", "F3"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([
        create("a", {
          ipFamilyPolicy: "RequireDualStack",
          annotations: { [IPS]: "192.0.2.5,2001:db8::5" },
        }),
      ], { a: gets("192.0.2.5, 2001:db8::5", "p") }),
      step([create("b", { ipFamilyPolicy: "RequireDualStack", loadBalancerIP: "192.0.2.6" })], {
        b: none(
          failed(
            "b",
            'requested loadBalancer IP(s) ["192.0.2.6"] does not match the ipFamily of the service',
          ),
        ),
      }),
    ],
  },
  {
    name: "an address of a pool without autoAssign can be asked for",
    rules: ["R8"],
    steps: [
      step([
        pool("p", ["192.0.2.0/28"], { autoAssign: false }),
        create("a", { loadBalancerIP: "192.0.2.5" }),
      ], { a: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "an address that avoidBuggyIPs leaves out cannot be asked for",
    rules: ["R9", "A6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"], { avoidBuggyIPs: true })]),
      step([create("a", { loadBalancerIP: "192.0.2.0" })], {
        a: none(failed("a", '"192.0.2.0" is not allowed in config')),
      }),
    ],
  },
  {
    name: "the annotation address-pool asks for a pool, with autoAssign or without",
    rules: ["R10"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/28"], { autoAssign: false })]),
      step([create("a", { annotations: { [POOL]: "q" } })], { a: gets("203.0.113.0", "q") }),
      step([create("b", { annotations: { [POOL]: "p" } })], { b: gets("192.0.2.0", "p") }),
    ],
  },
  {
    name: "a pool that is not there is refused, until it is",
    rules: ["R11", "A5", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { annotations: { [POOL]: "q" } })], {
        a: none(failed("a", 'unknown pool "q"')),
      }),
      step([pool("q", ["203.0.113.0/28"])], { a: gets("203.0.113.0", "q") }),
    ],
  },
  {
    name: "a pool that is asked for and used up gives nothing, and no other pool does",
    rules: ["R10", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"], { autoAssign: false }), pool("q", ["203.0.113.0/32"])]),
      step([create("a")], { a: gets("203.0.113.0", "q") }),
      step([create("b", { annotations: { [POOL]: "q" } })], {
        b: none(failed("b", 'no available IPs in pool "q"')),
      }),
    ],
    differs: {
      kind: "event",
      metallb: "Says that an address without a name is not allowed.",
      why: "The reason is that the pool has no address left.",
    },
  },
  {
    name: "two addresses of one family, or three in all, are refused",
    rules: ["R7"],
    steps: [
      step([pool("p", ["192.0.2.0/28", "2001:db8::/124"])]),
      step([
        create("a", {
          ipFamilyPolicy: "RequireDualStack",
          annotations: { [IPS]: "192.0.2.5,192.0.2.6" },
        }),
        create("b", {
          ipFamilyPolicy: "RequireDualStack",
          annotations: { [IPS]: "192.0.2.5,192.0.2.6,2001:db8::5" },
        }),
      ], {
        a: none(failed("a", "requested loadBalancer IP(s)")),
        b: none(failed("b", "requested loadBalancer IP(s)")),
      }),
    ],
    differs: {
      kind: "event",
      metallb: "Says it in the words of its own functions.",
      why: "It is the same fault as any address of the wrong family, and has the same words.",
    },
  },
  {
    name: "two addresses of different pools are refused",
    rules: ["R7", "F5"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["2001:db8::/124"])]),
      step([
        create("a", {
          ipFamilyPolicy: "RequireDualStack",
          annotations: { [IPS]: "192.0.2.5,2001:db8::5" },
        }),
      ], { a: none(failed("a", "requested loadBalancer IP(s)")) }),
    ],
    differs: {
      kind: "event",
      metallb: "Says that the addresses are not allowed.",
      why: "Each of them is; that they are of two pools is the reason.",
    },
  },
  {
    name: "an address and a pool that does not have it are refused together",
    rules: ["R12", "E2"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/28"])]),
      step([create("a", { loadBalancerIP: "192.0.2.5", annotations: { [POOL]: "q" } })], {
        a: none(
          failed(
            "a",
            'requested loadBalancer IP(s) ["192.0.2.5"] is not compatible with requested address pool q',
          ),
        ),
      }),
      step([annotate("a", POOL, "p")], { a: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "annotations count by their old prefix too",
    rules: ["R13", "E6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"]), pool("q", ["203.0.113.0/28"], { autoAssign: false })]),
      step([
        create("a", { annotations: { [LEGACY_IPS]: "192.0.2.5" } }),
        create("b", { annotations: { [LEGACY_POOL]: "q" } }),
      ], {
        a: gets("192.0.2.5", "p", deprecated(LEGACY_IPS)),
        b: gets("203.0.113.0", "q", deprecated(LEGACY_POOL)),
      }),
    ],
  },
  {
    name: "an annotation with the new prefix wins even if it is empty",
    rules: ["R13", "E6"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { annotations: { [IPS]: "", [LEGACY_IPS]: "192.0.2.5" } })], {
        a: gets("192.0.2.0", "p", deprecated(LEGACY_IPS)),
      }),
    ],
  },
  {
    name: "of two prefixes that contradict one another the new one counts",
    rules: ["R13"],
    steps: [
      step([pool("p", ["192.0.2.0/28"])]),
      step([create("a", { annotations: { [IPS]: "192.0.2.4", [LEGACY_IPS]: "192.0.2.5" } })], {
        a: gets("192.0.2.4", "p", deprecated(LEGACY_IPS)),
      }),
      step([annotate("a", LEGACY_IPS, null)]),
    ],
  },
];
