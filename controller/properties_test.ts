import assert from "node:assert/strict";
import fc from "fast-check";
import type { Config } from "../config/config.ts";
import { poolOf } from "../config/select.ts";
import { formatIp } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import { decide } from "./decide.ts";
import { isOpenTo } from "./pool_access.ts";
import { heldBy, requestOf } from "./request.ts";
import { areKeysCompatible, sharingTermsOf } from "./sharing.ts";
import {
  allocationOf,
  applyTo,
  assigned,
  configOf,
  labelled,
  serviceOf,
  setAside,
  settleAll,
  testPool,
} from "./testing.ts";

const IPV4 = fc.integer({ min: 0, max: 14 }).map((n) => `10.0.0.${n}`);
const IPV6 = fc.integer({ min: 0, max: 14 }).map((n) => `fd00::${n.toString(16)}`);

const FAMILIES = fc.constantFrom<readonly string[]>(
  ["IPv4"],
  ["IPv6"],
  ["IPv4", "IPv6"],
  ["IPv6", "IPv4"],
);

const SPEC = fc.record({
  age: fc.integer({ min: 0, max: 3 }),
  ipFamilies: FAMILIES,
  ipFamilyPolicy: fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack"),
  type: fc.constantFrom("LoadBalancer", "LoadBalancer", "LoadBalancer", "ClusterIP"),
  loadBalancerClass: fc.constantFrom(undefined, undefined, undefined, "x.y/z"),
  loadBalancerIP: fc.option(fc.oneof(IPV4, IPV6, fc.constant("nonsense")), {
    nil: undefined,
    freq: 3,
  }),
  externalTrafficPolicy: fc.constantFrom("Cluster" as const, "Cluster" as const, "Local" as const),
  ports: fc.uniqueArray(
    fc.record({ protocol: fc.constantFrom("TCP", "UDP"), port: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 2, selector: ({ protocol, port }) => `${protocol}${port}` },
  ),
  selector: fc.constantFrom({ app: "a" }, { app: "b" }),
  namespace: fc.constantFrom("default", "web"),
  labels: fc.constantFrom({ tier: "back" }, { tier: "front" }),
  held: fc.uniqueArray(fc.oneof(IPV4, IPV6), { maxLength: 3 }),
  annotations: fc.record({
    "metallb.io/allow-shared-ip": fc.constantFrom("", "k", "l"),
    "metallb.io/address-pool": fc.constantFrom("", "", "", "a", "b", "missing"),
  }),
});

const SERVICES: fc.Arbitrary<readonly Service[]> = fc.array(SPEC, { maxLength: 12 }).map((specs) =>
  specs.map((spec, i) => serviceOf({ ...spec, name: `s${i}` }))
);

const CONFIG: fc.Arbitrary<Config> = fc.record({
  a: fc.constantFrom(["10.0.0.0/30", "fd00::/126"], ["10.0.0.4-10.0.0.9"], ["fd00::4-fd00::9"]),
  autoAssign: fc.boolean(),
  avoidBuggyIPs: fc.boolean(),
  allocation: fc.constantFrom(
    undefined,
    {},
    { namespaces: ["web"] },
    { serviceSelectors: [labelled("tier", "front")] },
  ),
}).map(({ a, allocation, ...options }) =>
  configOf(
    testPool("a", a, {
      ...options,
      ...allocation && { serviceAllocation: allocationOf(allocation) },
    }),
    testPool("b", ["10.0.0.10-10.0.0.12", "fd00::a-fd00::b"]),
  )
);

const CASE = fc.tuple(CONFIG, SERVICES);

function isOurs({ type, loadBalancerClass }: Service): boolean {
  return type === "LoadBalancer" && loadBalancerClass === undefined;
}

function textsOf(service: Service): readonly string[] {
  return heldBy(service).map(formatIp);
}

/** Pairs of Services of ours that have an address in common without a right to share it. */
function clashes(services: readonly Service[]): readonly string[] {
  const ours = services.filter(isOurs);
  return ours.flatMap((a, i) =>
    ours.slice(i + 1).flatMap((b) => {
      const shared = heldBy(a).map(formatIp).filter((ip) => heldBy(b).map(formatIp).includes(ip));
      const [x, y] = [sharingTermsOf(a), sharingTermsOf(b)];
      const isAllowed = areKeysCompatible(x, y) && !x.ports.some((port) => y.ports.includes(port));
      return isAllowed ? [] : shared.map((ip) => `${a.meta.name} ${b.meta.name} ${ip}`);
    })
  );
}

Deno.test("no address ends up with two owners that may not share it", () => {
  fc.assert(fc.property(CASE, ([config, services]) => {
    assert.deepEqual(clashes(settleAll(config, services).services), []);
  }));
});

Deno.test("whichever writes of a plan succeed, no new clash arises", () => {
  const cut = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
  fc.assert(fc.property(CASE, cut, ([config, services], isLost) => {
    const clean = settleAll(config, services).services;
    const edited = clean.map((service, i) => ({ ...service, ports: services[i - 1]?.ports ?? [] }));
    const before = clashes(edited);
    const { actions } = decide({ config, services: edited, lbClass: undefined, now: "" });
    const written = actions.filter((_, i) => !isLost[i]);
    const after = edited.map((service) => applyTo(service, written));
    assert.deepEqual(clashes(after).filter((clash) => !before.includes(clash)), []);
  }));
});

Deno.test("the result does not depend on the order of the Services", () => {
  const shuffled = CASE.chain(([config, services]) =>
    fc.tuple(
      fc.constant(config),
      fc.constant(services),
      fc.shuffledSubarray([...services], { minLength: services.length }),
    )
  );
  fc.assert(fc.property(shuffled, ([config, services, other]) => {
    const [a, b] = [settleAll(config, services), settleAll(config, other)];
    assert.deepEqual(assigned(a.services), assigned(b.services));
  }));
});

Deno.test("a settled world stays: nothing to do for whoever decides next", () => {
  fc.assert(fc.property(CASE, ([config, services]) => {
    const settled = settleAll(config, services).services;
    assert.deepEqual(settleAll(config, settled.toReversed()).rounds, [[]]);
  }));
});

Deno.test("a valid address stays with a Service that asks for nothing else", () => {
  fc.assert(fc.property(CASE, ([config, services]) => {
    const settled = settleAll(config, services).services;
    const newcomers = services.map((service) => ({
      ...service,
      ingress: [],
      meta: { ...service.meta, name: `new-${service.meta.name}`, creationTimestamp: "2000" },
    }));
    const after = assigned(settleAll(config, [...newcomers, ...settled]).services);
    for (const [name, ips] of Object.entries(assigned(settled))) {
      if (ips !== "") assert.equal(after[name], ips, name);
    }
  }));
});

Deno.test("everything assigned is of a pool that is for the Service, and of a family of it", () => {
  fc.assert(fc.property(CASE, ([config, services]) => {
    for (const service of settleAll(config, services).services.filter(isOurs)) {
      const { wish, applicant } = requestOf(service);
      for (const address of heldBy(service)) {
        const pool = poolOf(config, address);
        assert.ok(pool !== undefined && isOpenTo(pool, applicant), formatIp(address));
        assert.ok(wish.kind !== "wish" || wish.families.includes(address.family));
      }
    }
  }));
});

const BESET = fc.tuple(
  CASE,
  fc.uniqueArray(fc.oneof(IPV4, IPV6), { maxLength: 12 }),
  fc.integer({ min: 0, max: 3 }),
);

Deno.test("an address in quarantine is given to nobody who does not have it", () => {
  fc.assert(fc.property(BESET, ([[config, services], quarantined, left]) => {
    const options = { setAside: setAside(quarantined, left) };
    const had = new Map(services.map((service) => [service.meta.name, textsOf(service)]));
    const isSetAside = (ip: string): boolean => options.setAside.quarantine.has(ip);
    for (const service of settleAll(config, services, options).services) {
      const { name } = service.meta;
      const given = textsOf(service).filter((ip) => !had.get(name)?.includes(ip));
      assert.deepEqual(given.filter(isSetAside), [], name);
    }
  }));
});

Deno.test("strangers take from nobody what is asked for by name, nor the only address", () => {
  fc.assert(fc.property(BESET, ([[config, services], quarantined, left]) => {
    const clean = settleAll(config, services).services;
    const before = assigned(clean);
    const options = { setAside: setAside(quarantined, left) };
    const after = settleAll(config, clean, options).services;
    assert.deepEqual(clashes(after), []);
    for (const service of after.filter(isOurs)) {
      const { meta: { name }, loadBalancerIP, ingress } = service;
      const hadCount = before[name]?.split(",").filter(Boolean).length ?? 0;
      assert.ok(ingress.length >= hadCount, name);
      if (loadBalancerIP === before[name]) assert.equal(ingress[0]?.ip ?? "", before[name], name);
    }
  }));
});

Deno.test("those who share an address leave it together, or not at all", () => {
  fc.assert(fc.property(BESET, ([[config, services], quarantined, left]) => {
    const clean = settleAll(config, services).services.filter(isOurs);
    const before = assigned(clean);
    const options = { setAside: setAside(quarantined, left) };
    const { actions } = decide({
      config,
      services: clean,
      lbClass: undefined,
      now: "",
      ...options,
    });
    const after = assigned(clean.map((service) => applyTo(service, actions)));
    for (const ip of options.setAside.quarantine.keys()) {
      const sharers = Object.keys(before).filter((name) => before[name] === ip);
      assert.ok(new Set(sharers.map((name) => after[name])).size <= 1, `${ip}: ${sharers}`);
    }
  }));
});

Deno.test("no more addresses are left at once than is allowed", () => {
  fc.assert(fc.property(BESET, ([[config, services], quarantined, left]) => {
    const clean = settleAll(config, services).services;
    const input = { config, services: clean, lbClass: undefined, now: "" };
    const { decisions } = decide({ ...input, setAside: setAside(quarantined, left) });
    const from = [...decisions.values()].flatMap(({ moved }) =>
      moved.map((departure) => formatIp(departure.from.address))
    );
    assert.ok(new Set(from).size <= left, from.join(", "));
  }));
});

Deno.test("who leaves for where does not depend on the order of the Services", () => {
  fc.assert(fc.property(BESET, ([[config, services], quarantined, left]) => {
    const options = { setAside: setAside(quarantined, left) };
    const settled = settleAll(config, services, options);
    const reversed = settleAll(config, services.toReversed(), options);
    assert.deepEqual(assigned(reversed.services), assigned(settled.services));
    assert.deepEqual(settleAll(config, settled.services, options).rounds, [[]]);
  }));
});
