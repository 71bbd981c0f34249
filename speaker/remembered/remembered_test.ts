import assert from "node:assert/strict";
import fc from "fast-check";
import { formatIp, type IpAddress } from "../../ip/address.ts";
import { macFromBytes } from "../../ip/mac.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { Claimable, Desired } from "../desired/claimable.ts";
import { DesiredMemo } from "../desired/desired_memo.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import { formatRemembered, type RememberedScope } from "./remembered.ts";
import { recallDesired } from "./remembered_desired.ts";
import { parseRemembered } from "./remembered_parse.ts";
import { faceOf, ipOf } from "../testing.ts";

const SCOPE: RememberedScope = {
  node: "n1",
  namespace: "metallb-system",
  lbClass: "",
  bootId: "5b7a0a5c-7a0b-4f6e-8f0e-2f6f4f6c3a11",
};

const LINKS = ["eth0", "eth1"].map((name, i): LocalInterface => ({
  ...faceOf(name, i + 1, "192.168.0.0/24", "fe80::/64"),
  index: i + 2,
  hasCarrier: true,
}));
const LINK_NAMES = new Map(LINKS.map(({ index, name }) => [index, name]));

const MACS = fc.uint8Array({ minLength: 6, maxLength: 6 }).map(macFromBytes);
const NODE = fc.stringMatching(/^n[2-9a-z"\\]{0,3}$/);
const ADDRESS: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.bigInt(0n, 0xffffffffn).map((value): IpAddress => ({ family: "IPv4", value })),
  fc.bigInt(0n, (1n << 128n) - 1n).map((value): IpAddress => ({ family: "IPv6", value })),
);
const SERVICE: fc.Arbitrary<ObjectReference> = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constant("Service"),
  namespace: fc.string(),
  name: fc.string(),
  uid: fc.uuid(),
}, { noNullPrototype: true });

/** Nobody is preferred, or some nodes are. */
const PREFERENCES = fc.option(
  fc.array(fc.tuple(NODE, fc.integer({ min: 1, max: 300 }))).map((pairs) => new Map(pairs)),
  { nil: undefined },
);

/** What the API can say of any cluster, on `LINKS`. */
const DESIRED: fc.Arbitrary<Desired> = fc.record({
  sets: fc.array(fc.uniqueArray(NODE), { minLength: 1, maxLength: 3 }),
  preferences: fc.array(PREFERENCES, { minLength: 1, maxLength: 3 }),
  rows: fc.uniqueArray(
    fc.record({
      address: ADDRESS,
      set: fc.nat(),
      preferred: fc.nat(),
      link: fc.constantFrom(...LINKS),
      services: fc.array(SERVICE, { maxLength: 3 }),
    }),
    { selector: ({ address }) => formatIp(address) },
  ),
  elsewhere: fc.array(ADDRESS),
  macs: fc.array(fc.tuple(MACS, NODE)),
}).map(({ sets, preferences: kinds, rows, elsewhere, macs }) => {
  const memo = new DesiredMemo();
  const claimable = rows.map(({ address, set, preferred, link, services }): [string, Claimable] => {
    const key = formatIp(address);
    const names = ["n1", ...sets[set % sets.length] ?? []].toSorted();
    const eligible = memo.intern(names);
    const preferences = kinds[preferred % kinds.length];
    const standing = memo.standingOf({ node: "n1", key }, eligible, preferences);
    const about = { key, address, linkIndex: link.index, eligible, standing, services };
    return [key, preferences === undefined ? about : { ...about, preferences }];
  });
  const own = LINKS.map(({ mac }) => [mac, "n1"] as const);
  return {
    claimable: new Map(claimable),
    assigned: new Set([...claimable.map(([key]) => key), ...elsewhere.map(formatIp)]),
    nodeOfMac: new Map([...macs, ...own]),
  };
});

Deno.test("parseRemembered() and recallDesired() give back what formatRemembered() was given", () => {
  fc.assert(fc.property(DESIRED, (desired) => {
    const text = textOf(desired);
    const reading = parseRemembered(text, SCOPE);
    if (reading.kind === "unusable") assert.fail(reading.why);
    const { notHere, ...recalled } = recallDesired(reading.remembered, {
      node: "n1",
      local: LINKS,
      held: [],
      memo: new DesiredMemo(),
    });
    assert.deepEqual(recalled, desired);
    assert.equal(notHere.size, 0);
  }));
});

Deno.test("formatRemembered() says the same whatever the versions of the Services", () => {
  fc.assert(fc.property(DESIRED, fc.string(), (desired, resourceVersion) => {
    const later = new Map(
      [...desired.claimable].map(([key, each]) => {
        const services = each.services.map((service) => ({ ...service, resourceVersion }));
        return [key, { ...each, services }];
      }),
    );
    assert.equal(textOf({ ...desired, claimable: later }), textOf(desired));
  }));
});

Deno.test("parseRemembered() takes no part of a text for the whole", () => {
  fc.assert(fc.property(DESIRED, fc.double({ min: 0, max: 0.999, noNaN: true }), (desired, cut) => {
    const text = textOf(desired).trimEnd();
    const part = text.slice(0, Math.floor(text.length * cut));
    assert.equal(parseRemembered(part, SCOPE).kind, "unusable");
  }));
});

Deno.test("parseRemembered() never throws", () => {
  const anything = fc.dictionary(
    fc.constantFrom("version", "scope", "macs", "links", "eligible", "elsewhere", "addresses"),
    fc.anything(),
  );
  fc.assert(fc.property(anything, (fields) => {
    const text = JSON.stringify({ version: 1, scope: SCOPE, ...fields }, safely);
    parseRemembered(text, SCOPE);
  }));
});

const WHOLE = {
  version: 1,
  scope: SCOPE,
  macs: [["02:00:00:00:00:0a", "n2"]],
  links: ["eth0"],
  eligible: [["n1", "n2"], ["n2"]],
  elsewhere: ["192.168.0.201"],
  addresses: [["192.168.0.200", 0, 0, [["default", "whoami", "u1"]]]],
};

const rows: readonly { readonly change: object; readonly want: RegExp | undefined }[] = [
  { change: {}, want: undefined },
  { change: { later: "a field of another version" }, want: undefined },
  { change: { version: 2 }, want: /^want version 1, found 2$/ },
  { change: { version: undefined }, want: /^want version 1, found none$/ },
  { change: { scope: { ...SCOPE, node: "n2" } }, want: /^want node "n1", found "n2"$/ },
  { change: { scope: { ...SCOPE, namespace: "other" } }, want: /^want namespace/ },
  { change: { scope: { ...SCOPE, lbClass: "other" } }, want: /^want lbClass ""/ },
  { change: { scope: { ...SCOPE, bootId: "an earlier boot" } }, want: /^want bootId/ },
  { change: { scope: undefined }, want: /^want node "n1", found none$/ },
  { change: { macs: [["02:00:00:00:00", "n2"]] }, want: /^"macs"/ },
  { change: { macs: [["02:00:00:00:00:0a", "n2"], ["02:00:00:00:00:0a", "n3"]] }, want: /^"macs"/ },
  { change: { links: ["eth0", "eth0"] }, want: /^"links"/ },
  { change: { links: [] }, want: /^"addresses"/ },
  { change: { eligible: [["n2", "n1"]] }, want: /^"eligible"/ },
  { change: { eligible: [["n1", "n1"]] }, want: /^"eligible"/ },
  { change: { elsewhere: ["192.168.0.999"] }, want: /^"elsewhere"/ },
  { change: { elsewhere: ["192.168.0.200"] }, want: /^an address is there twice$/ },
  { change: { addresses: [["192.168.0.200", 1, 0, []]] }, want: /^"addresses"/ },
  { change: { addresses: [["192.168.0.200", 0, 2, []]] }, want: /^"addresses"/ },
  { change: { addresses: [["192.168.0.200", 0, 1, []]] }, want: /^"addresses"/ },
  { change: { addresses: [["192.168.0.200", 0, 0.5, []]] }, want: /^"addresses"/ },
  { change: { addresses: [["192.168.0.200", 0, 0, [], 0]] }, want: /^"addresses"/ },
  { change: { addresses: [["192.168.0.200", 0, 0, [["default", "x"]]]] }, want: /^"addresses"/ },
  { change: { addresses: [["2001:DB8::1", 0, 0, []]] }, want: /^"addresses"/ },
  { change: { addresses: { length: 1 } }, want: /^"addresses"/ },
];

Deno.test("parseRemembered() says what is wrong", async (t) => {
  for (const { change, want } of rows) {
    await t.step(JSON.stringify(change), () => {
      const reading = parseRemembered(JSON.stringify({ ...WHOLE, ...change }), SCOPE);
      if (want === undefined) assert.equal(reading.kind, "remembered");
      else assert.match(reading.kind === "unusable" ? reading.why : "", want);
    });
  }
});

Deno.test("recallDesired() takes nothing away, and wants nothing where nothing can be sent", async (t) => {
  const reading = parseRemembered(JSON.stringify(WHOLE), SCOPE);
  if (reading.kind === "unusable") assert.fail(reading.why);
  const { remembered } = reading;
  const [eth0, eth1] = LINKS;
  assert.ok(eth0 && eth1);
  const memo = new DesiredMemo();
  const placeOf = (key: string, { index }: { readonly index: number }) => ({
    key,
    address: ipOf(key),
    linkIndex: index,
  });
  const onLinks = (
    local: readonly LocalInterface[],
    ...held: readonly ReturnType<typeof placeOf>[]
  ): readonly (readonly [string, number])[] => {
    const { claimable } = recallDesired(remembered, { node: "n1", local, held, memo });
    return [...claimable.values()].map(({ key, linkIndex }) => [key, linkIndex]);
  };
  const VIP = "192.168.0.200";
  const NEW = "192.168.0.202";
  const dark = { ...eth0, hasCarrier: false };
  const found = [
    { name: "as it was", is: onLinks(LINKS), want: [[VIP, 2]] },
    { name: "the link has another index", is: onLinks([{ ...eth0, index: 9 }]), want: [[VIP, 9]] },
    { name: "the link is gone", is: onLinks([eth1]), want: [] },
    { name: "the link has no carrier", is: onLinks([dark, eth1]), want: [] },
    { name: "the link is excluded", is: onLinks([{ ...eth0, isExcluded: true }]), want: [] },
    { name: "held elsewhere", is: onLinks(LINKS, placeOf(VIP, eth1)), want: [[VIP, 3]] },
    {
      name: "held, and newer than the memory",
      is: onLinks(LINKS, placeOf(NEW, eth1)),
      want: [[VIP, 2], [NEW, 3]],
    },
    {
      name: "held for another node's, as far as the memory goes",
      is: onLinks(LINKS, placeOf("192.168.0.201", eth0)),
      want: [[VIP, 2], ["192.168.0.201", 2]],
    },
    { name: "held without a carrier", is: onLinks([dark], placeOf(NEW, eth0)), want: [] },
  ];
  for (const { name, is, want } of found) await t.step(name, () => assert.deepEqual(is, want));

  const { nodeOfMac, assigned } = recallDesired(remembered, {
    node: "n1",
    local: LINKS,
    held: [placeOf(NEW, eth0)],
    memo,
  });
  assert.deepEqual([...nodeOfMac.values()].toSorted(), ["n1", "n1", "n2"]);
  assert.deepEqual([...assigned].toSorted(), [VIP, "192.168.0.201", NEW]);
});

function textOf(desired: Desired): string {
  return [...formatRemembered({ scope: SCOPE, desired, linkNames: LINK_NAMES })].join("");
}

/** What JSON cannot say is left out. */
function safely(_key: string, value: unknown): unknown {
  return typeof value === "bigint" || typeof value === "symbol" ? undefined : value;
}
