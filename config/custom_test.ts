import assert from "node:assert/strict";
import { parse } from "yaml";
import type { Json } from "../kube/types.ts";
import { assemble } from "./assemble.ts";
import type { Config, Pool } from "./config.ts";
import { parseIpAddressPool, POOL_DEFAULTS } from "./custom.ts";
import { formatProblem } from "./problem.ts";
import { inputOf, layer2Pools, type Objects, resource } from "./testing.ts";

const A = resource("a", { addresses: ["10.0.1.0/24"] }, { zone: "dmz" });
const B = resource("b", { addresses: ["10.0.2.0/24"] }, { zone: "office" });
const C = resource("c", { addresses: ["10.0.3.0/24"] });

interface Row {
  readonly name: string;
  readonly objects: Objects;
  /** Each advertisement as `name: pools`. */
  readonly want: readonly string[];
  readonly warnings?: readonly string[];
}

const unannounced = (name: string): string =>
  `IPAddressPool metallb-system/${name}: No L2Advertisement selects pool "${name}": ` +
  "its addresses are assigned but not announced";

const ROWS: readonly Row[] = [
  {
    name: "no spec: all pools",
    objects: { pools: [B, A], l2Advertisements: [resource("all", undefined)] },
    want: ["all: a b"],
  },
  {
    name: "an empty spec: all pools",
    objects: { pools: [A, B], l2Advertisements: [resource("all", {})] },
    want: ["all: a b"],
  },
  {
    name: "by name",
    objects: {
      pools: [A, B, C],
      l2Advertisements: [resource("ad", { ipAddressPools: ["c", "a"] })],
    },
    want: ["ad: a c"],
    warnings: [unannounced("b")],
  },
  {
    name: "by label",
    objects: {
      pools: [A, B, C],
      l2Advertisements: [resource("ad", {
        ipAddressPoolSelectors: [{ matchLabels: { zone: "dmz" } }, {
          matchExpressions: [{ key: "zone", operator: "DoesNotExist" }],
        }],
      })],
    },
    want: ["ad: a c"],
    warnings: [unannounced("b")],
  },
  {
    name: "by name and label, once",
    objects: {
      pools: [A, B],
      l2Advertisements: [resource("ad", {
        ipAddressPools: ["a"],
        ipAddressPoolSelectors: [{}],
      })],
    },
    want: ["ad: a b"],
  },
  {
    name: "an unknown name",
    objects: { pools: [A], l2Advertisements: [resource("ad", { ipAddressPools: ["a", "z"] })] },
    want: ["ad: a"],
    warnings: [
      "L2Advertisement metallb-system/ad: spec.ipAddressPools[1]: " +
      'L2Advertisement "ad" has no effect on pool "z": no pool has that name',
    ],
  },
  {
    name: "a selector that matches nothing",
    objects: {
      pools: [A],
      l2Advertisements: [
        resource("ad", { ipAddressPoolSelectors: [{ matchLabels: { zone: "x" } }] }),
      ],
    },
    want: ["ad: "],
    warnings: [
      unannounced("a"),
      "L2Advertisement metallb-system/ad: " +
      'L2Advertisement "ad" has no effect: its selectors match no pool',
    ],
  },
  {
    name: "a pool of the ConfigMap",
    objects: {
      configMap: layer2Pools({ lan: ["192.168.0.0/24"] }),
      pools: [A],
      l2Advertisements: [resource("all", {}), resource("lan-only", { ipAddressPools: ["lan"] })],
    },
    want: ["all: a", "lan: lan", "lan-only: "],
    warnings: [
      "L2Advertisement metallb-system/lan-only: spec.ipAddressPools[0]: " +
      'L2Advertisement "lan-only" has no effect on pool "lan": it is a pool of the ConfigMap, ' +
      'which is announced as its "protocol" says',
    ],
  },
  {
    name: "values that have no effect, and a field that is not known",
    objects: {
      pools: [resource("a", {
        addresses: ["10.0.0.0/24"],
        serviceAllocation: { priority: -5, namespaces: ["web"] },
        someday: true,
      })],
      l2Advertisements: [resource("ad", {
        interfaces: ["eth0", "a name with blanks", "eth0"],
      })],
    },
    want: ["ad: a"],
    warnings: [
      "IPAddressPool metallb-system/a: spec.someday: " +
      'Cannot use key "someday" of pool "a": not known, known are addresses, autoAssign, ' +
      "avoidBuggyIPs, serviceAllocation; it has no effect",
      "IPAddressPool metallb-system/a: spec.serviceAllocation.priority: " +
      'No effect of "priority" -5: the first is 1, and 0 is none',
      "L2Advertisement metallb-system/ad: spec.interfaces[1]: " +
      'No interface can have the name "a name with blanks": nothing is announced there',
    ],
  },
  {
    name: "empty lists say nothing",
    objects: {
      pools: [A],
      l2Advertisements: [resource("ad", { serviceSelectors: [], nodeSelectors: null })],
    },
    want: ["ad: a"],
  },
];

Deno.test("L2Advertisements find their pools", async (t) => {
  for (const { name, objects, want, warnings = [] } of ROWS) {
    await t.step(name, () => {
      const { config, problems } = assemble(inputOf(objects));
      assert.deepEqual(problems.map(formatProblem), warnings);
      assert.deepEqual(describe(config), want);
    });
  }
});

Deno.test("the order of the objects does not matter", () => {
  const pools = [A, B, C];
  const l2Advertisements = [resource("x", {}), resource("y", { ipAddressPools: ["b"] })];
  const forth = assemble(inputOf({ pools, l2Advertisements }));
  const back = assemble(inputOf({
    pools: pools.toReversed(),
    l2Advertisements: l2Advertisements.toReversed(),
  }));
  assert.deepEqual(back, forth);
});

Deno.test("node selectors, Service selectors and interfaces reach the advertisement", () => {
  const spec: Json = {
    nodeSelectors: [{
      matchLabels: { rack: "1" },
      matchExpressions: [{ key: "gpu", operator: "In", values: ["a", "b"] }],
    }, {}],
    interfaces: ["eth1", "eth0", "eth1"],
    serviceSelectors: [{ matchLabels: { app: "web" } }],
  };
  const { config } = assemble(inputOf({ pools: [A], l2Advertisements: [resource("ad", spec)] }));
  const [ad] = config?.l2Advertisements ?? [];
  assert.deepEqual(ad?.interfaces, ["eth1", "eth0"]);
  assert.deepEqual(ad?.serviceSelectors, [{ matchLabels: { app: "web" }, matchExpressions: [] }]);
  assert.deepEqual(ad?.nodeSelectors, [
    {
      matchLabels: { rack: "1" },
      matchExpressions: [{ key: "gpu", operator: "In", values: ["a", "b"] }],
    },
    { matchLabels: {}, matchExpressions: [] },
  ]);
});

Deno.test("a pool has its labels, its source and the defaults", () => {
  const { pools: [draft] } = parseIpAddressPool(A);
  assert.deepEqual(draft?.pool.labels, { zone: "dmz" });
  assert.equal(draft?.pool.autoAssign, POOL_DEFAULTS.autoAssign);
  assert.equal(draft?.pool.avoidBuggyIPs, POOL_DEFAULTS.avoidBuggyIPs);
  assert.deepEqual(draft?.pool.source, {
    kind: "object",
    apiVersion: "metallb.io/v1beta1",
    objectKind: "IPAddressPool",
    namespace: "metallb-system",
    name: "a",
    uid: "a",
  });
});

Deno.test("serviceAllocation reaches the pool", async (t) => {
  const EVERYTHING = {
    priority: undefined,
    namespaces: [],
    namespaceSelectors: [],
    serviceSelectors: [],
  };
  const blue = { matchLabels: { team: "blue" }, matchExpressions: [] };
  const rows: readonly {
    readonly name: string;
    readonly serviceAllocation: Json;
    readonly want: Pool["serviceAllocation"];
  }[] = [
    { name: "none", serviceAllocation: null, want: undefined },
    { name: "an empty one, which selects everything", serviceAllocation: {}, want: EVERYTHING },
    { name: "priority 0 is none", serviceAllocation: { priority: 0 }, want: EVERYTHING },
    { name: "so is a negative one", serviceAllocation: { priority: -1 }, want: EVERYTHING },
    {
      name: "all of it",
      serviceAllocation: {
        priority: 50,
        namespaces: ["web"],
        namespaceSelectors: [{ matchLabels: { team: "blue" } }],
        serviceSelectors: [{}],
      },
      want: {
        priority: 50,
        namespaces: ["web"],
        namespaceSelectors: [blue],
        serviceSelectors: [{ matchLabels: {}, matchExpressions: [] }],
      },
    },
  ];
  for (const { name, serviceAllocation, want } of rows) {
    await t.step(name, () => {
      const spec = { addresses: ["10.0.1.0/24"], serviceAllocation };
      const { pools: [draft] } = parseIpAddressPool(resource("a", spec));
      assert.deepEqual(draft?.pool.serviceAllocation, want);
    });
  }
});

Deno.test("the defaults are those of the CRD", async () => {
  const file = new URL("../deploy/crds/metallb.io_ipaddresspools.yaml", import.meta.url);
  const { versions } = parse(await Deno.readTextFile(file)).spec;
  const { properties } = versions[0].schema.openAPIV3Schema.properties.spec;
  for (const [field, value] of Object.entries(POOL_DEFAULTS)) {
    assert.equal(properties[field].default, value, field);
  }
});

function describe(config: Config | undefined): readonly string[] {
  return config?.l2Advertisements.map(({ name, pools }) => `${name}: ${pools.join(" ")}`) ?? [];
}
