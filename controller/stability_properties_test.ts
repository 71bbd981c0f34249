import assert from "node:assert/strict";
import fc from "fast-check";
import type { Config } from "../config/config.ts";
import { isAvoided, poolOf } from "../config/select.ts";
import { equalIp, formatIp, type IpAddress } from "../ip/address.ts";
import type { Service } from "../kube/types.ts";
import { clashesAmong } from "../tests/clashes.ts";
import { effort } from "../tests/effort.ts";
import type { SetAside } from "./allocate.ts";
import { heldBy, ownershipOf, requestOf } from "./request.ts";
import { configOf, serviceOf, setAside, settleAll, testPool } from "./testing.ts";

/** Everything that a decision rests on. */
interface Scene {
  readonly config: Config;
  readonly services: readonly Service[];
  readonly setAside: SetAside;
}

/** Why an address that a Service has may be taken from it: nothing else is a reason. */
const CAUSES: Readonly<
  Record<string, (scene: Scene, service: Service, address: IpAddress) => boolean>
> = {
  "it is not ours any more": (_, service) => ownershipOf(service, undefined) !== "ours",
  "it asks for something else": ({ config }, service, address) => {
    const { wish } = requestOf(service);
    if (wish.kind !== "wish") return false;
    const isNamed = wish.addresses.some((wanted) => equalIp(wanted, address));
    const pool = poolOf(config, address)?.name;
    return (wish.addresses.length > 0 && !isNamed) || !wish.families.includes(address.family) ||
      (wish.pool !== undefined && wish.pool !== pool);
  },
  "it has fewer families than it requires": (_, service) => {
    const { wish } = requestOf(service);
    return wish.kind === "wish" && wish.dualStack === "required" &&
      heldBy(service).length < wish.families.length;
  },
  "no pool gives it out": ({ config }, _, address) => isOutside(config, address),
  "another has it, and they may not share": ({ services }, service, address) =>
    clashesAmong(services).some((clash) =>
      clash.split(" ").includes(`default/${service.meta.name}`) &&
      clash.endsWith(` ${formatIp(address)}`)
    ),
  "a stranger uses it": ({ setAside }, _, address) => setAside.quarantine.has(formatIp(address)),
  "its status lists two of a family": (_, service, { family }) =>
    heldBy(service).filter((address) => address.family === family).length > 1,
  "its two are of different pools": ({ config }, service) =>
    new Set(heldBy(service).map((address) => poolOf(config, address)?.name)).size > 1,
};

function isOutside(config: Config, address: IpAddress): boolean {
  const pool = poolOf(config, address);
  return pool === undefined || isAvoided(pool, address);
}

const IPV4 = fc.integer({ min: 0, max: 9 }).map((n) => `10.0.0.${n}`);
const IPV6 = fc.integer({ min: 0, max: 5 }).map((n) => `fd00::${n.toString(16)}`);

const CHANGE = fc.record({
  ipFamilies: fc.constantFrom(["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]),
  ipFamilyPolicy: fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack"),
  type: fc.constantFrom("LoadBalancer", "ClusterIP"),
  loadBalancerClass: fc.constantFrom(undefined, "x.y/z"),
  loadBalancerIP: fc.option(fc.oneof(IPV4, IPV6, fc.constant("nonsense")), { nil: undefined }),
  externalTrafficPolicy: fc.constantFrom("Cluster" as const, "Local" as const),
  ports: fc.constantFrom([{ protocol: "TCP", port: 1 }], [{ protocol: "TCP", port: 2 }]),
}, { requiredKeys: [] });

const ANNOTATIONS = fc.record({
  "metallb.io/allow-shared-ip": fc.constantFrom("", "k"),
  "metallb.io/address-pool": fc.constantFrom("", "", "", "a", "b"),
});

/** What people may write into a status by hand. */
const STATUS = fc.array(
  fc.oneof(
    fc.oneof(IPV4, IPV6).map((ip) => ({ ip, hostname: undefined })),
    fc.constantFrom("192.0.2.1", "", "nonsense").map((ip) => ({ ip, hostname: undefined })),
    fc.constant({ ip: undefined, hostname: "lb.example.org" }),
  ),
  { maxLength: 4 },
);

const SERVICE = fc.record({
  change: CHANGE,
  annotations: ANNOTATIONS,
  age: fc.nat(3),
  ingress: STATUS,
});

const SERVICES = fc.array(SERVICE, { minLength: 2, maxLength: 8 }).map((list) =>
  list.map(({ change, annotations, age, ingress }, i): Service => ({
    ...serviceOf({ name: `s${i}`, age, annotations, ...change }),
    ingress,
  }))
);

const CONFIG = fc.record({
  a: fc.constantFrom(["10.0.0.0/29", "fd00::/126"], ["10.0.0.2-10.0.0.5"], ["fd00::-fd00::5"]),
  avoidBuggyIPs: fc.boolean(),
  autoAssign: fc.boolean(),
}).map(({ a, ...options }) =>
  configOf(testPool("a", a, options), testPool("b", ["10.0.0.8-10.0.0.9", "fd00::8-fd00::9"]))
);

const QUARANTINE = fc.tuple(fc.uniqueArray(fc.oneof(IPV4, IPV6), { maxLength: 3 }), fc.nat(2))
  .map(([ips, left]) => setAside(ips, left));

const SCENE: fc.Arbitrary<Scene> = fc.record({
  config: CONFIG,
  services: SERVICES,
  setAside: QUARANTINE,
});

/** What happens to a settled world. */
const EVENT = fc.record({
  config: fc.option(CONFIG, { nil: undefined }),
  setAside: fc.option(QUARANTINE, { nil: undefined }),
  edits: fc.array(
    fc.record({
      at: fc.nat(7),
      change: CHANGE,
      annotations: fc.option(ANNOTATIONS, { nil: undefined }),
      ingress: fc.option(STATUS, { nil: undefined, freq: 4 }),
    }),
    { maxLength: 2 },
  ),
  deleted: fc.nat(9),
});

type Event = typeof EVENT extends fc.Arbitrary<infer E> ? E : never;

function settle({ config, services, setAside }: Scene): readonly Service[] {
  return settleAll(config, services, { setAside }).services;
}

function after(scene: Scene, { config, setAside, edits, deleted }: Event): Scene {
  const services = scene.services.map((service, i) =>
    edits.filter(({ at }) => at === i).reduce((before, { change, annotations, ingress }) => ({
      ...before,
      ...change,
      ingress: ingress ?? before.ingress,
      meta: { ...before.meta, annotations: { ...before.meta.annotations, ...annotations } },
    }), service)
  ).filter((_, i) => i !== deleted);
  return {
    config: config ?? scene.config,
    setAside: setAside ?? scene.setAside,
    services,
  };
}

Deno.test("no address is taken from a Service without one of the causes", () => {
  fc.assert(
    fc.property(SCENE, EVENT, (scene, event) => {
      const next = after({ ...scene, services: settle(scene) }, event);
      const settled = settle(next);
      for (const [i, service] of next.services.entries()) {
        const kept = settled[i] === undefined ? [] : heldBy(settled[i]);
        for (const address of heldBy(service)) {
          if (kept.some((each) => equalIp(each, address))) continue;
          const isCause = Object.values(CAUSES).some((isSo) => isSo(next, service, address));
          assert.ok(isCause, `${service.meta.name} lost ${formatIp(address)}`);
        }
      }
    }),
    { numRuns: 1_000 * effort() },
  );
});

Deno.test("whatever stands in a status, nobody ends up with what is another's or no pool's", () => {
  fc.assert(fc.property(SCENE, (scene) => {
    const ours = settle(scene).filter((service) => ownershipOf(service, undefined) === "ours");
    assert.deepEqual(clashesAmong(ours), []);
    for (const service of ours) {
      const held = heldBy(service);
      assert.equal(held.length, service.ingress.length, "a host name, or a double");
      assert.equal(new Set(held.map(({ family }) => family)).size, held.length);
      for (const address of held) assert.ok(!isOutside(scene.config, address), formatIp(address));
    }
  }));
});

Deno.test("the same objects give the same answer, in whatever order they came to be known", () => {
  const shuffled = SCENE.chain((scene) => {
    const { length } = scene.services;
    const services = fc.shuffledSubarray([...scene.services], { minLength: length });
    return fc.tuple(fc.constant(scene), services);
  });
  fc.assert(fc.property(shuffled, ([scene, services]) => {
    assert.deepEqual(byName(settle({ ...scene, services })), byName(settle(scene)));
  }));
});

function byName(services: readonly Service[]): readonly Service[] {
  return services.toSorted((a, b) => (a.meta.name < b.meta.name ? -1 : 1));
}
