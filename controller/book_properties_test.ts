import assert from "node:assert/strict";
import fc from "fast-check";
import type { Config } from "../config/config.ts";
import type { IpAddress } from "../ip/address.ts";
import { parseIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Service } from "../kube/types.ts";
import type { SetAside } from "./allocate.ts";
import { Book } from "./book.ts";
import { decide } from "./decide.ts";
import type { Action } from "./plan.ts";
import { applyTo, configOf, serviceOf, type ServiceSpec, setAside, testPool } from "./testing.ts";

const NAME = fc.integer({ min: 0, max: 9 }).map((n) => `s${n}`);
const IPV4 = fc.integer({ min: 0, max: 5 }).map((n) => `10.0.0.${n}`);
const IPV6 = fc.integer({ min: 0, max: 4 }).map((n) => `fd00::${n.toString(16)}`);

/** What Services of one history may be like: the fewer choices, the more of them meet. */
interface Kinds {
  readonly families: readonly (readonly string[])[];
  readonly policies: readonly string[];
  readonly types: readonly string[];
  readonly classes: readonly (string | undefined)[];
  readonly sharingKeys: readonly string[];
  readonly poolNames: readonly string[];
  readonly traffic: readonly ("Cluster" | "Local")[];
  /** One of so many asks for an address by name. */
  readonly namedOneOf: number;
  /** One of so many has addresses in its status from the start. */
  readonly heldOneOf: number;
}

const ALL_FAMILIES = [["IPv4"], ["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]];

const ANYTHING: Kinds = {
  families: ALL_FAMILIES,
  policies: ["SingleStack", "PreferDualStack", "RequireDualStack"],
  types: ["LoadBalancer", "LoadBalancer", "LoadBalancer", "ClusterIP"],
  classes: [undefined, undefined, undefined, "x.y/z"],
  sharingKeys: ["", "", "k", "l"],
  poolNames: ["", "", "", "a", "b", "missing"],
  traffic: ["Cluster", "Cluster", "Local"],
  namedOneOf: 2,
  heldOneOf: 3,
};

const PLAIN: Kinds = {
  families: [["IPv4"]],
  policies: ["SingleStack"],
  types: ["LoadBalancer"],
  classes: [undefined],
  sharingKeys: [""],
  poolNames: [""],
  traffic: ["Cluster"],
  namedOneOf: 8,
  heldOneOf: 8,
};

const SHARING: Kinds = { ...PLAIN, sharingKeys: ["k", "k", "k", ""] };

const KINDS: readonly Kinds[] = [
  ANYTHING,
  PLAIN,
  SHARING,
  { ...SHARING, namedOneOf: 2 },
  { ...SHARING, traffic: ["Cluster", "Local"], sharingKeys: ["k", "l"] },
  { ...SHARING, heldOneOf: 2 },
  { ...PLAIN, heldOneOf: 1 },
  { ...PLAIN, families: ALL_FAMILIES, policies: ["PreferDualStack"], heldOneOf: 1 },
  { ...PLAIN, families: ALL_FAMILIES, policies: ["PreferDualStack", "RequireDualStack"] },
  { ...SHARING, families: ALL_FAMILIES, policies: ["PreferDualStack", "RequireDualStack"] },
  { ...PLAIN, poolNames: ["", "a", "b"], families: [["IPv4", "IPv6"]], heldOneOf: 2 },
];

function specsOf(kinds: Kinds): fc.Arbitrary<ServiceSpec> {
  return fc.record({
    name: NAME,
    age: fc.integer({ min: 0, max: 3 }),
    ipFamilies: fc.constantFrom(...kinds.families),
    ipFamilyPolicy: fc.constantFrom(...kinds.policies),
    type: fc.constantFrom(...kinds.types),
    loadBalancerClass: fc.constantFrom(...kinds.classes),
    loadBalancerIP: oneOf(
      kinds.namedOneOf,
      fc.oneof(IPV4, IPV4, IPV6, fc.constant("nonsense")),
      undefined,
    ),
    externalTrafficPolicy: fc.constantFrom(...kinds.traffic),
    ports: fc.uniqueArray(
      fc.record({ protocol: fc.constant("TCP"), port: fc.integer({ min: 1, max: 3 }) }),
      { minLength: 1, maxLength: 2, selector: ({ port }) => port },
    ),
    selector: fc.constantFrom({ app: "a" }, { app: "b" }),
    held: oneOf(
      kinds.heldOneOf,
      fc.uniqueArray(fc.oneof(IPV4, IPV4, IPV6), { minLength: 1, maxLength: 3 }),
      [],
    ),
    annotations: fc.record({
      "metallb.io/allow-shared-ip": fc.constantFrom(...kinds.sharingKeys),
      "metallb.io/address-pool": fc.constantFrom(...kinds.poolNames),
      "lanlord.dev/shared-as": fc.constantFrom("TCP/1;;k", "TCP/2;;k", "TCP/3;;l"),
    }, { requiredKeys: ["metallb.io/allow-shared-ip", "metallb.io/address-pool"] }),
  });
}

function oneOf<T>(count: number, arbitrary: fc.Arbitrary<T>, otherwise: T): fc.Arbitrary<T> {
  return fc.oneof({ weight: 1, arbitrary }, {
    weight: count - 1,
    arbitrary: fc.constant(otherwise),
  });
}

const CONFIG: fc.Arbitrary<Config> = fc.record({
  a: fc.constantFrom(
    ["10.0.0.0/31", "fd00::/127"],
    ["10.0.0.0-10.0.0.3"],
    ["10.0.0.2-10.0.0.3", "fd00::1-fd00::2"],
    ["10.0.0.1/32"],
  ),
  autoAssign: fc.constantFrom(true, true, false),
  avoidBuggyIPs: fc.boolean(),
}).map(({ a, ...options }) =>
  configOf(testPool("a", a, options), testPool("b", ["10.0.0.5/32", "fd00::4/128"]))
);

const SET_ASIDE: fc.Arbitrary<SetAside> = fc.tuple(
  fc.uniqueArray(fc.oneof(IPV4, IPV6), { maxLength: 3 }),
  fc.integer({ min: 0, max: 2 }),
).map(([ips, left]) => setAside(ips, left));

/** Something that happens to the world. */
type Change =
  | { readonly kind: "put"; readonly spec: ServiceSpec }
  | { readonly kind: "edit"; readonly spec: ServiceSpec; readonly what: keyof ServiceSpec }
  | { readonly kind: "delete"; readonly name: string }
  /** Of what must be written, each that is due in turn. */
  | { readonly kind: "write"; readonly isDue: readonly boolean[] }
  | { readonly kind: "doubt"; readonly name: string; readonly ip: string | undefined }
  | { readonly kind: "configure"; readonly config: Config | undefined }
  | { readonly kind: "quarantine"; readonly setAside: SetAside };

function changesOf(kinds: Kinds): fc.Arbitrary<Change> {
  const spec = specsOf(kinds);
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), spec }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant("edit" as const),
        spec,
        what: fc.constantFrom(...EDITED),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), name: NAME }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant("write" as const),
        isDue: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("doubt" as const),
        name: NAME,
        ip: fc.option(fc.oneof(IPV4, IPV6), { nil: undefined }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("configure" as const),
        config: fc.option(CONFIG, { nil: undefined, freq: 8 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("quarantine" as const), setAside: SET_ASIDE }),
    },
  );
}

const EDITED: readonly (keyof ServiceSpec)[] = [
  "age",
  "ipFamilies",
  "ipFamilyPolicy",
  "type",
  "loadBalancerClass",
  "loadBalancerIP",
  "ports",
  "held",
  "annotations",
];

/** Changes between one look and the next. */
function historyOf(kinds: Kinds): fc.Arbitrary<readonly (readonly Change[])[]> {
  const batch = fc.array(changesOf(kinds), { minLength: 1, maxLength: 3 });
  return fc.array(batch, { minLength: 1, maxLength: 40, size: "max" });
}

const NOW = "2026-01-01T00:00:00Z";

/** A world that changes, and a book that is told only what changed. */
class Stage {
  readonly services = new Map<string, Service>();
  readonly doubts = new Map<string, readonly IpAddress[]>();
  #version = 1;
  #config: Config | undefined;
  #setAside = setAside([]);
  #book: Book | undefined;

  change(change: Change): void {
    switch (change.kind) {
      case "put":
        return this.#put(serviceOf(change.spec));
      case "edit": {
        const { spec, what } = change;
        const known = this.services.get(`default/${spec.name}`);
        if (known === undefined) return;
        const other = serviceOf(spec);
        const { meta } = known;
        return this.#put(
          what === "held"
            ? { ...known, ingress: other.ingress }
            : what === "annotations"
            ? { ...known, meta: { ...meta, annotations: other.meta.annotations } }
            : what === "age"
            ? { ...known, meta: { ...meta, creationTimestamp: other.meta.creationTimestamp } }
            : { ...known, [what]: spec[what] },
        );
      }
      case "delete":
        return this.#put(undefined, `default/${change.name}`);
      case "write": {
        const written = (this.#book?.actions ?? []).filter((_, i) =>
          change.isDue[i % change.isDue.length]
        );
        for (const action of written) this.#write(action);
        return;
      }
      case "doubt": {
        const address = parseIp(change.ip ?? "");
        const key = `default/${change.name}`;
        if (address === undefined || !this.services.has(key)) this.doubts.delete(key);
        else this.doubts.set(key, [address]);
        return this.#tell(key);
      }
      case "configure":
        this.#config = change.config;
        this.#book = undefined;
        return;
      case "quarantine":
        this.#setAside = change.setAside;
        this.#book = undefined;
        return;
      default:
        return change satisfies never;
    }
  }

  look(): void {
    const { quarantine, allowance } = this.#setAside;
    if (this.#book === undefined) {
      this.#book = new Book({ config: this.#config, quarantine, lbClass: undefined });
      for (const key of this.services.keys()) this.#tell(key);
    }
    this.#book.look({ allowance, now: NOW });
    const { decisions, actions } = decide({
      config: this.#config,
      services: [...this.services.values()],
      doubtful: this.doubts,
      setAside: this.#setAside,
      lbClass: undefined,
      now: NOW,
    });
    assert.deepEqual(byKey(this.#book.decisions), byKey(decisions));
    assert.deepEqual(inOrder(this.#book.actions), inOrder(actions));
  }

  #put(service: Service | undefined, key = service && keyOf(service.meta)): void {
    if (key === undefined) return;
    if (service === undefined) {
      this.services.delete(key);
      this.doubts.delete(key);
    } else {
      const resourceVersion = `${++this.#version}`;
      this.services.set(key, { ...service, meta: { ...service.meta, resourceVersion } });
    }
    this.#tell(key);
  }

  #write(action: Action): void {
    const service = this.services.get(keyOf(action.service.meta));
    // The API refuses what was decided on another version.
    if (service?.meta.resourceVersion !== action.service.meta.resourceVersion) return;
    this.#put(applyTo(service, [action]));
  }

  #tell(key: string): void {
    const service = this.services.get(key);
    this.#book?.put(key, { service, doubtful: this.doubts.get(key) ?? [] });
  }
}

function byKey<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** The order of those that are not ours is of no meaning. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  const key = ({ service }: Action): string => keyOf(service.meta);
  const foreign = actions.filter(({ decision }) => decision === undefined);
  const ours = actions.filter(({ decision }) => decision !== undefined);
  return [...foreign.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)), ...ours];
}

const HISTORY = fc.constantFrom(...KINDS).chain(historyOf);

Deno.test("a Book decides as all Services decided at once, after any changes in any batches", () => {
  fc.assert(
    fc.property(CONFIG, HISTORY, (config, history) => {
      const stage = new Stage();
      stage.change({ kind: "configure", config });
      for (const batch of history) {
        batch.forEach((change) => stage.change(change));
        stage.look();
      }
    }),
    { numRuns: Number(Deno.env.get("LANLORD_RUNS") ?? 100) },
  );
});
