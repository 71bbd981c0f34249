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

const IPV4 = fc.integer({ min: 0, max: 9 }).map((n) => `10.0.0.${n}`);
const IPV6 = fc.integer({ min: 0, max: 5 }).map((n) => `fd00::${n.toString(16)}`);

/** Few names, addresses, keys and ports, so that they meet. */
const SPEC: fc.Arbitrary<ServiceSpec> = fc.record({
  name: fc.integer({ min: 0, max: 9 }).map((n) => `s${n}`),
  age: fc.integer({ min: 0, max: 3 }),
  ipFamilies: fc.constantFrom<readonly string[]>(
    ["IPv4"],
    ["IPv4"],
    ["IPv6"],
    ["IPv4", "IPv6"],
    ["IPv6", "IPv4"],
  ),
  ipFamilyPolicy: fc.constantFrom("SingleStack", "PreferDualStack", "RequireDualStack"),
  type: fc.constantFrom("LoadBalancer", "LoadBalancer", "LoadBalancer", "ClusterIP"),
  loadBalancerClass: fc.constantFrom(undefined, undefined, undefined, "x.y/z"),
  loadBalancerIP: fc.option(fc.oneof(IPV4, IPV6, fc.constant("nonsense")), {
    nil: undefined,
    freq: 2,
  }),
  externalTrafficPolicy: fc.constantFrom("Cluster" as const, "Cluster" as const, "Local" as const),
  ports: fc.uniqueArray(
    fc.record({ protocol: fc.constant("TCP"), port: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 2, selector: ({ port }) => port },
  ),
  selector: fc.constantFrom({ app: "a" }, { app: "b" }),
  held: fc.oneof(
    { weight: 2, arbitrary: fc.constant<readonly string[]>([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.oneof(IPV4, IPV6), { maxLength: 3 }) },
  ),
  annotations: fc.record({
    "metallb.io/allow-shared-ip": fc.constantFrom("", "", "k", "l"),
    "metallb.io/address-pool": fc.constantFrom("", "", "", "a", "b", "missing"),
    "lanlord.dev/shared-as": fc.constantFrom("TCP/1;;k", "TCP/2;;k", "TCP/3;;l"),
  }, { requiredKeys: ["metallb.io/allow-shared-ip"] }),
});

const CONFIG: fc.Arbitrary<Config> = fc.record({
  a: fc.constantFrom(
    ["10.0.0.0/31", "fd00::/127"],
    ["10.0.0.0-10.0.0.3"],
    ["10.0.0.2-10.0.0.3", "fd00::1-fd00::2"],
  ),
  autoAssign: fc.boolean(),
  avoidBuggyIPs: fc.boolean(),
}).map(({ a, ...options }) =>
  configOf(testPool("a", a, options), testPool("b", ["10.0.0.5-10.0.0.6", "fd00::4/128"]))
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

const NAME = fc.integer({ min: 0, max: 9 }).map((n) => `s${n}`);

const CHANGE: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), spec: SPEC }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("edit" as const),
      spec: SPEC,
      what: fc.constantFrom<(keyof ServiceSpec)[]>(
        "age",
        "ipFamilies",
        "ipFamilyPolicy",
        "type",
        "loadBalancerClass",
        "loadBalancerIP",
        "ports",
        "held",
        "annotations",
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), name: NAME }) },
  {
    weight: 8,
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

/** Changes between two looks, and the looks. */
const HISTORY = fc.array(fc.array(CHANGE, { minLength: 1, maxLength: 4 }), { maxLength: 25 });

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
