import fc from "fast-check";
import type { Config } from "../../config/config.ts";
import type { SetAside } from "../../controller/allocate.ts";
import {
  configOf,
  labelled,
  type ServiceSpec,
  setAside,
  testPool,
} from "../../controller/testing.ts";

/** Labels of a Service or a Namespace. */
export type Labels = Readonly<Record<string, string>>;

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
  /** Pool "a" is for some Services only. */
  readonly hasAllocation: boolean;
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
  hasAllocation: true,
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
  hasAllocation: false,
  namedOneOf: 8,
  heldOneOf: 8,
};

const SHARING: Kinds = { ...PLAIN, sharingKeys: ["k", "k", "k", ""] };

const KINDS: readonly Kinds[] = [
  ANYTHING,
  PLAIN,
  SHARING,
  { ...SHARING, namedOneOf: 2 },
  { ...SHARING, sharingKeys: ["k", "k", ""], namedOneOf: 1 },
  { ...SHARING, traffic: ["Cluster", "Local"], sharingKeys: ["k", "l"] },
  { ...SHARING, heldOneOf: 2 },
  { ...PLAIN, heldOneOf: 1 },
  { ...PLAIN, hasAllocation: true, poolNames: ["", "", "a"] },
  { ...SHARING, hasAllocation: true },
  { ...PLAIN, families: ALL_FAMILIES, policies: ["PreferDualStack"], heldOneOf: 1 },
  { ...PLAIN, families: ALL_FAMILIES, policies: ["PreferDualStack", "RequireDualStack"] },
  { ...SHARING, families: ALL_FAMILIES, policies: ["PreferDualStack", "RequireDualStack"] },
  { ...PLAIN, poolNames: ["", "a", "b"], families: [["IPv4", "IPv6"]], heldOneOf: 2 },
];

function specsOf(kinds: Kinds): fc.Arbitrary<ServiceSpec> {
  return fc.record({
    name: NAME,
    labels: LABELS,
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

const LABELS = fc.constantFrom<Labels>({}, { team: "red" }, { team: "blue" });

const ALLOCATION = fc.record({
  priority: fc.constantFrom(undefined, 1),
  namespaces: fc.constantFrom([], [], ["web"]),
  namespaceSelectors: fc.constantFrom([], [labelled("team", "red")]),
  serviceSelectors: fc.constantFrom([], [labelled("team", "red")]),
});

function configsOf({ hasAllocation }: Kinds): fc.Arbitrary<Config> {
  return fc.tuple(CONFIG, ALLOCATION).map(([config, serviceAllocation]) =>
    hasAllocation
      ? configOf(
        ...config.pools.map((pool) => pool.name === "a" ? { ...pool, serviceAllocation } : pool),
      )
      : config
  );
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
export type Change =
  | { readonly kind: "put"; readonly spec: ServiceSpec }
  | { readonly kind: "edit"; readonly spec: ServiceSpec; readonly what: keyof ServiceSpec }
  | { readonly kind: "delete"; readonly name: string }
  /** Of what must be written, each that is due in turn. */
  | { readonly kind: "write"; readonly isDue: readonly boolean[] }
  | { readonly kind: "label"; readonly namespace: string; readonly labels: Labels | undefined }
  | { readonly kind: "doubt"; readonly name: string; readonly ip: string | undefined }
  | { readonly kind: "configure"; readonly config: Config | undefined }
  | { readonly kind: "quarantine"; readonly setAside: SetAside };

function changesOf(kinds: Kinds): fc.Arbitrary<Change> {
  const spec = specsOf(kinds);
  const config = configsOf(kinds);
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
      weight: kinds.hasAllocation ? 3 : 0,
      arbitrary: fc.record({
        kind: fc.constant("label" as const),
        namespace: fc.constantFrom("default", "web"),
        labels: fc.option(LABELS, { nil: undefined }),
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
        config: fc.option(config, { nil: undefined, freq: 8 }),
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
  "labels",
];

/** What happens between one look and the next; first of all there is a configuration. */
export type History = readonly (readonly Change[])[];

function historyOf(kinds: Kinds): fc.Arbitrary<History> {
  const batch = fc.array(changesOf(kinds), { minLength: 1, maxLength: 3 });
  const batches = fc.array(batch, { minLength: 1, maxLength: 40, size: "max" });
  return fc.tuple(configsOf(kinds), batches).map(([config, history]) => [
    [{ kind: "configure", config }],
    ...history,
  ]);
}

/** Few names, addresses, keys and ports, of Services that are alike, so that they meet. */
export const HISTORY: fc.Arbitrary<History> = fc.constantFrom(...KINDS).chain(historyOf);
