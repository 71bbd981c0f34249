import assert from "node:assert/strict";
import type { L2Advertisement } from "../../config/config.ts";
import { coverageKey, coverageOf, coverageOn, interfaceFor } from "./advertising.ts";
import { advertisementOf, faceOf, ipOf, labelled, serviceOf } from "../testing.ts";

const VIP = "192.168.0.200";
const WEB = serviceOf("default/web", [VIP], { labels: { app: "web" } });
const MAIL = serviceOf("default/mail", [VIP], { labels: { app: "mail" } });

const OPEN = advertisementOf("open");
const FOR_WEB = advertisementOf("for-web", { serviceSelectors: [labelled("app", "web")] });
const FOR_MAIL = advertisementOf("for-mail", { serviceSelectors: [labelled("app", "mail")] });
const FOR_BOTH = advertisementOf("for-both", {
  serviceSelectors: [labelled("app", "mail"), labelled("app", "web")],
});

interface CoverageRow {
  readonly name: string;
  readonly services: readonly (typeof WEB)[];
  readonly advertisements: readonly L2Advertisement[];
  /** `coverageKey` of the outcome. */
  readonly want: string;
}

const COVERAGE_ROWS: readonly CoverageRow[] = [
  { name: "nothing covers the pool", services: [WEB], advertisements: [], want: "" },
  { name: "for every Service", services: [WEB, MAIL], advertisements: [OPEN], want: "open" },
  {
    name: "for this Service",
    services: [WEB],
    advertisements: [FOR_WEB, FOR_MAIL],
    want: "for-web",
  },
  { name: "for another one", services: [WEB], advertisements: [FOR_MAIL], want: "" },
  {
    name: "several for one Service",
    services: [WEB],
    advertisements: [OPEN, FOR_WEB, FOR_BOTH],
    want: "for-both,for-web,open",
  },
  {
    name: "shared, the same for both",
    services: [WEB, MAIL],
    advertisements: [FOR_BOTH],
    want: "for-both",
  },
  {
    name: "shared, another for each",
    services: [WEB, MAIL],
    advertisements: [FOR_WEB, FOR_MAIL],
    want: "for-mail;for-web",
  },
  {
    name: "shared, and for one of them only",
    services: [WEB, MAIL],
    advertisements: [FOR_WEB],
    want: ";for-web",
  },
];

Deno.test("coverageOf() finds the advertisements that are for each Service", async (t) => {
  for (const { name, services, advertisements, want } of COVERAGE_ROWS) {
    await t.step(name, () => {
      assert.equal(coverageKey(coverageOf(services, advertisements)), want);
    });
  }
});

Deno.test("coverageOn() keeps what any node selector selects", () => {
  const inA = advertisementOf("in-a", { nodeSelectors: [labelled("zone", "a")] });
  const inAB = advertisementOf("in-a-b", {
    nodeSelectors: [labelled("zone", "b"), labelled("zone", "a")],
  });
  const coverage = [[inA, inAB], [inA]];
  assert.equal(coverageKey(coverageOn(coverage, { zone: "a" })), "in-a,in-a-b;in-a");
  assert.equal(coverageKey(coverageOn(coverage, { zone: "b" })), "in-a-b;");
});

const ETH0 = faceOf("eth0", 1, "192.168.0.0/24", "fe80::/64");
const ETH1 = faceOf("eth1", 2, "10.0.0.0/24", "fe80::/64");

interface InterfaceRow {
  readonly name: string;
  /** For each list of the coverage, the interfaces that its advertisements name. */
  readonly names: readonly (readonly (readonly string[])[])[];
  readonly address: string;
  readonly want: string | undefined;
}

const INTERFACE_ROWS: readonly InterfaceRow[] = [
  { name: "any, by subnet", names: [[[]]], address: VIP, want: "eth0" },
  { name: "any, on no subnet", names: [[[]]], address: "172.16.0.1", want: undefined },
  { name: "another is named", names: [[["eth1"]]], address: VIP, want: "eth1" },
  {
    name: "that of the subnet before another named",
    names: [[["eth1"], []]],
    address: VIP,
    want: "eth0",
  },
  {
    name: "two advertisements, two names",
    names: [[["eth1"], ["eth0"]]],
    address: VIP,
    want: "eth0",
  },
  { name: "none of the names", names: [[["eth9"]]], address: VIP, want: undefined },
  {
    name: "shared: named by one, open for the other",
    names: [[["eth0"]], [[]]],
    address: VIP,
    want: "eth0",
  },
  {
    name: "shared: named by one, off the subnet, open for the other",
    names: [[["eth1"]], [[]]],
    address: VIP,
    want: "eth1",
  },
  {
    name: "shared: both named, one in common",
    names: [[["eth0", "eth1"]], [["eth1"]]],
    address: VIP,
    want: "eth1",
  },
  {
    name: "shared: none in common",
    names: [[["eth0"]], [["eth1"]]],
    address: VIP,
    want: undefined,
  },
  { name: "shared: one has no advertisement", names: [[[]], []], address: VIP, want: undefined },
  { name: "link-local, not named", names: [[[]]], address: "fe80::200", want: undefined },
  { name: "link-local, named", names: [[["eth1"], []]], address: "fe80::200", want: "eth1" },
];

Deno.test("interfaceFor() takes no excluded interface", () => {
  const excluded = { ...ETH0, isExcluded: true } as const;
  assert.equal(interfaceFor([excluded], [[OPEN]], ipOf(VIP)), undefined);
});

Deno.test("interfaceFor() goes by subnet, by name, and by all Services", async (t) => {
  for (const { name, names, address, want } of INTERFACE_ROWS) {
    await t.step(name, () => {
      const own = names.map((list) =>
        list.map((interfaces, i) => advertisementOf(`ad-${i}`, { interfaces }))
      );
      assert.equal(interfaceFor([ETH0, ETH1], own, ipOf(address))?.name, want);
    });
  }
});
