import assert from "node:assert/strict";
import { coverageOf } from "./advertising.ts";
import type { Exclusion } from "./exclusion.ts";
import { type Candidacy, judgeNodes } from "./members.ts";
import { advertisementOf, faceOf, ipOf, labelled, nodeOf, serviceOf } from "../testing.ts";

const ETH0 = faceOf("eth0", 1, "192.168.0.0/24", "fd00::/64", "fe80::/64");
const ETH1 = faceOf("eth1", 2, "10.0.0.0/24", "fd01::/64", "fe80::/64");
const IPV4_ONLY = faceOf("eth0", 1, "192.168.0.0/24");
const WEB = serviceOf("default/web", [], { labels: { app: "web" } });
const MAIL = serviceOf("default/mail", [], { labels: { app: "mail" } });

interface Question extends Partial<Omit<Candidacy, "address" | "coverage">> {
  readonly services?: readonly (typeof WEB)[];
  readonly address?: string;
}

function judge(question: Question): ReturnType<typeof judgeNodes> {
  const {
    services = [WEB],
    address = "192.168.0.200",
    advertisements = [advertisementOf("all")],
    nodes = [nodeOf("n1")],
    presences = new Map([["n1", [ETH0, ETH1]]]),
    ...rest
  } = question;
  const coverage = coverageOf(services, advertisements);
  const given = { pool: "lan", nodes, presences, advertisements, coverage, address: ipOf(address) };
  return judgeNodes({ ...given, ...rest });
}

interface Row extends Question {
  readonly name: string;
  /** Why `n1` is left out; absent where it is eligible. */
  readonly want?: Exclusion;
}

const inZoneA = { nodeSelectors: [labelled("zone", "a")] };
const names = (...interfaces: readonly string[]): { readonly interfaces: readonly string[] } => ({
  interfaces,
});
const only = (name: string, change: Parameters<typeof advertisementOf>[1]): Question => ({
  advertisements: [advertisementOf(name, change)],
});
const forWeb = advertisementOf("web", { serviceSelectors: [labelled("app", "web")] });
const forMail = { serviceSelectors: [labelled("app", "mail")] };

const rows: readonly Row[] = [
  { name: "nothing stands against it" },
  {
    name: "no advertisement covers the pool",
    advertisements: [],
    want: { kind: "no-advertisement", pool: "lan" },
  },
  {
    name: "the advertisement is for other Services",
    ...only("mail", forMail),
    want: { kind: "service-not-selected", advertisements: ["mail"] },
  },
  { name: "the advertisement is for this Service", advertisements: [forWeb] },
  {
    name: "another zone is selected",
    ...only("in-a", inZoneA),
    want: { kind: "not-selected", advertisements: ["in-a"] },
  },
  {
    name: "selected by an advertisement that is for other Services",
    advertisements: [
      advertisementOf("mail", { ...forMail }),
      { ...forWeb, ...inZoneA },
    ],
    want: { kind: "not-selected", advertisements: ["web"] },
  },
  {
    name: "this zone is selected by the second of two",
    advertisements: [
      advertisementOf("in-b", { nodeSelectors: [labelled("zone", "b")] }),
      advertisementOf("in-a", inZoneA),
    ],
    nodes: [nodeOf("n1", { labels: { zone: "a" } })],
  },
  {
    name: "shared, and selected for one Service only",
    services: [WEB, MAIL],
    advertisements: [forWeb, advertisementOf("mail", { ...forMail, ...inZoneA })],
    want: { kind: "not-for-all-services", advertisements: ["web"] },
  },
  {
    name: "shared, and no interface is for both",
    services: [WEB, MAIL],
    advertisements: [
      { ...forWeb, ...names("eth0") },
      advertisementOf("mail", { ...forMail, ...names("eth1") }),
    ],
    want: { kind: "not-for-all-services", advertisements: ["mail", "web"] },
  },
  {
    name: "labelled to be left out",
    nodes: [
      nodeOf("n1", { labels: { "node.kubernetes.io/exclude-from-external-load-balancers": "" } }),
    ],
    want: { kind: "excluded-by-label" },
  },
  {
    name: "its network is unavailable",
    nodes: [nodeOf("n1", { conditions: [{ type: "NetworkUnavailable", status: "True" }] })],
    want: { kind: "network-unavailable" },
  },
  { name: "no speaker", presences: new Map(), want: { kind: "no-speaker" } },
  {
    name: "it has none of the named interfaces",
    ...only("dmz", names("eth7", "eth5")),
    want: { kind: "interface-missing", interfaces: ["eth5", "eth7"] },
  },
  {
    name: "its interfaces are on other subnets",
    address: "2001:db8::1",
    want: { kind: "no-interface", interfaces: ["eth0", "eth1"] },
  },
  {
    name: "it has no interface",
    presences: new Map([["n1", []]]),
    want: { kind: "no-interface", interfaces: [] },
  },
  {
    name: "it has no interface, and one is named",
    ...only("dmz", names("eth0")),
    presences: new Map([["n1", []]]),
    want: { kind: "interface-missing", interfaces: ["eth0"] },
  },
  {
    name: "IPv6, and its interface has none",
    address: "fd00::200",
    presences: new Map([["n1", [IPV4_ONLY]]]),
    want: { kind: "no-ipv6", interfaces: ["eth0"] },
  },
  {
    name: "IPv6, and the named interface has none",
    address: "fd00::200",
    presences: new Map([["n1", [IPV4_ONLY, ETH1]]]),
    ...only("dmz", names("eth0")),
    want: { kind: "no-ipv6", interfaces: ["eth0"] },
  },
  {
    name: "IPv6, and no link-local address",
    address: "fd00::200",
    presences: new Map([["n1", [faceOf("eth0", 1, "fd00::/64")]]]),
    want: { kind: "no-ipv6", interfaces: ["eth0"] },
  },
  { name: "unique local, by subnet", address: "fd01::200" },
  {
    name: "link-local, and no interface is named",
    address: "fe80::200",
    want: { kind: "interface-not-named", interfaces: ["eth0", "eth1"] },
  },
  { name: "link-local, named", address: "fe80::200", ...only("dmz", names("eth1")) },
  {
    name: "its endpoint only serves, and no other is ready",
    localNodes: { ready: new Set(), serving: new Set(["n1"]) },
  },
  {
    name: "no endpoint here",
    localNodes: { ready: new Set(["n2"]), serving: new Set(["n2"]) },
    want: { kind: "no-local-endpoint" },
  },
  { name: "cordoned", nodes: [nodeOf("n1", { unschedulable: true })] },
  {
    name: "cordoned, to be released, and there is no other node",
    nodes: [nodeOf("n1", { unschedulable: true })],
    onCordon: "release",
  },
];

Deno.test("judgeNodes() says of a node why it is left out", async (t) => {
  for (const { name, want, ...question } of rows) {
    await t.step(name, () => {
      const { eligible, excluded } = judge(question);
      assert.deepEqual(excluded.get("n1"), want);
      assert.deepEqual(eligible, want === undefined ? ["n1"] : []);
    });
  }
});

interface DemandRow extends Pick<Question, "localNodes" | "onCordon"> {
  readonly name: string;
  /** Those that are cordoned, of n1, n2 and n3. */
  readonly cordoned?: readonly string[];
  readonly want: readonly string[];
}

const local = (ready: readonly string[], serving: readonly string[]): Candidacy["localNodes"] => ({
  ready: new Set(ready),
  serving: new Set([...ready, ...serving]),
});

const demandRows: readonly DemandRow[] = [
  { name: "all", want: ["n1", "n2", "n3"] },
  { name: "those with a ready endpoint", localNodes: local(["n1", "n3"], []), want: ["n1", "n3"] },
  { name: "ready before serving", localNodes: local(["n3"], ["n1"]), want: ["n3"] },
  { name: "serving where none is ready", localNodes: local([], ["n1"]), want: ["n1"] },
  { name: "no endpoint anywhere", localNodes: local([], []), want: [] },
  { name: "cordoned, kept", cordoned: ["n1"], want: ["n1", "n2", "n3"] },
  { name: "cordoned, released", onCordon: "release", cordoned: ["n1"], want: ["n2", "n3"] },
  {
    name: "all cordoned, released",
    onCordon: "release",
    cordoned: ["n1", "n2", "n3"],
    want: ["n1", "n2", "n3"],
  },
  {
    name: "the only ready endpoint is on a cordoned node",
    onCordon: "release",
    cordoned: ["n1"],
    localNodes: local(["n1"], ["n2"]),
    want: ["n1"],
  },
  {
    name: "endpoints that serve, and one is on a cordoned node",
    onCordon: "release",
    cordoned: ["n1"],
    localNodes: local([], ["n1", "n2"]),
    want: ["n2"],
  },
];

Deno.test("judgeNodes() asks for less before nobody is left", async (t) => {
  const presences = new Map(["n1", "n2", "n3"].map((name) => [name, [ETH0]]));
  for (const { name, cordoned = [], want, ...question } of demandRows) {
    await t.step(name, () => {
      const nodes = [...presences.keys()].map((each) =>
        nodeOf(each, { unschedulable: cordoned.includes(each) })
      );
      assert.deepEqual(judge({ nodes, presences, ...question }).eligible, want);
    });
  }
});

Deno.test("judgeNodes() tells a terminating endpoint from none", () => {
  const nodes = ["n1", "n2", "n3"].map((name) => nodeOf(name));
  const presences = new Map(nodes.map(({ meta }) => [meta.name, [ETH0]]));
  const { excluded } = judge({ nodes, presences, localNodes: local(["n3"], ["n1"]) });
  assert.deepEqual([...excluded], [
    ["n1", { kind: "endpoint-terminating" }],
    ["n2", { kind: "no-local-endpoint" }],
  ]);
});

Deno.test("judgeNodes() names a node to tell that advertisements keep everybody out", async (t) => {
  const nodes = ["n1", "n2", "n3"].map((name) => nodeOf(name, { labels: { name } }));
  const presences = new Map([["n2", [ETH0]], ["n3", [ETH1]]]);
  const dmz = advertisementOf("dmz", names("eth7"));
  await t.step("the first with a speaker, for interfaces", () => {
    const { fault } = judge({ nodes, presences, advertisements: [dmz] });
    assert.deepEqual(fault, { reason: "announceFailed", teller: "n2" });
  });
  await t.step("nobody, where one node is eligible", () => {
    const advertisements = [advertisementOf("dmz", names("eth1"))];
    const { eligible, fault } = judge({ nodes, presences, advertisements });
    assert.deepEqual([eligible, fault], [["n3"], undefined]);
  });
  await t.step("for Services that share", () => {
    const on = (name: string): { readonly nodeSelectors: L2Selectors } => ({
      nodeSelectors: [labelled("name", name)],
    });
    const advertisements = [
      { ...forWeb, ...on("n2") },
      advertisementOf("mail", { ...forMail, ...on("n3") }),
    ];
    const { fault } = judge({ nodes, presences, advertisements, services: [WEB, MAIL] });
    assert.deepEqual(fault, { reason: "sharedIPWithServiceSelector", teller: "n2" });
  });
  await t.step("nobody, where it is not for the advertisements", () => {
    assert.equal(judge({ nodes, presences: new Map() }).fault, undefined);
  });
});

type L2Selectors = ReturnType<typeof advertisementOf>["nodeSelectors"];
