import assert from "node:assert/strict";
import fc from "fast-check";
import {
  assembleParsed,
  parseConfigMap,
  parseExcludedInterfaces,
  type Problem,
} from "../config/mod.ts";
import { parseConflicts } from "../config/presence.ts";
import { parseIpAddressPool, parseL2Advertisement } from "../config/custom.ts";
import { requestOf } from "../controller/mod.ts";
import { serviceOf } from "../controller/testing.ts";
import type { JsonObject } from "../kube/mod.ts";
import { effort } from "../tests/effort.ts";
import { readManifest } from "./manifest.ts";

const RUNS = { numRuns: 300 * effort() };

/** Far more than any input may take, on a machine that does much else. */
const LIMIT_MS = 20_000;

const SOURCE = { kind: "file", file: "fuzz.yaml" } as const;

const SOUND = `apiVersion: v1
kind: ConfigMap
metadata: { namespace: metallb-system, name: config }
data:
  config: |
    address-pools:
    - name: lan
      protocol: layer2
      auto-assign: true
      addresses:
      - 192.168.0.200-192.168.0.250
      - fd00::/120
    - { name: wan, protocol: bgp, addresses: [10.0.0.0/24], avoid-buggy-ips: true,
        bgp-advertisements: [{ aggregation-length: 32, communities: [a, "64512:1"] }] }
    peers: [{ my-asn: 64500, peer-asn: 64501, peer-address: 10.0.0.1, hold-time: 90s }]
    bgp-communities: { a: 65535:65281 }
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { namespace: metallb-system, name: p }
spec: { addresses: [10.1.0.0/24], autoAssign: false, serviceAllocation: { priority: 5 } }
---
apiVersion: metallb.io/v1beta1
kind: L2Advertisement
metadata: { namespace: metallb-system, name: l }
spec:
  ipAddressPools: [p]
  nodeSelectors: [{ matchExpressions: [{ key: a, operator: In, values: [b] }] }]
---
apiVersion: v1
kind: Service
metadata: { name: s, annotations: { metallb.io/loadBalancerIPs: "10.1.0.1,fd00::1" } }
spec: { type: LoadBalancer, ports: [{ port: 80 }] }
`;

/** What makes a valid text one that is almost valid. */
const SHARDS = fc.constantFrom(
  ..."\u0000|\ud800|\udfff|\ufeff|\u2028|\r|\t|- |: |{|}|[|]|&a |*a|<<: *a|!!binary |!!set |!x |'|\"|\\|"
    .split("|"),
  ..."# |%YAML 9.9|---\n|...\n|? |>-\n|1e999|-0|0x|.nan|.inf|0o7|1_000|~|yes|2001-01-01|99999999999999999999"
    .split("|"),
  ..."__proto__: 1\n|constructor: {}\n|/0|::/0|10.0.0.9-10.0.0.1|fe80::1%eth0|::ffff:1.2.3.4|{{ .x }}"
    .split("|"),
);

const SHARD = fc.oneof(SHARDS, fc.string({ unit: "binary", maxLength: 4 }));

interface Edit {
  readonly at: number;
  readonly cut: number;
  readonly shard: string;
}

const EDITS: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({ at: fc.nat(4_000), cut: fc.oneof(fc.constant(0), fc.nat(40)), shard: SHARD }),
  { minLength: 1, maxLength: 5 },
);

function edit(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, { at, cut, shard }) => {
    const from = at % (before.length + 1);
    return before.slice(0, from) + shard + before.slice(from + cut);
  }, text);
}

const MAPPING = SOUND.slice(SOUND.indexOf("    address-pools"), SOUND.indexOf("\n---"))
  .replaceAll("\n    ", "\n").trim();

const EXCLUDED = "announcedInterfacesToExclude: [^docker, '^veth.*', \"^cali\"]\n";

/** Every reader of text that people write, each with a text that it takes. */
const READERS: readonly {
  readonly name: string;
  readonly sound: string;
  readonly read: (text: string) => readonly Problem[];
}[] = [
  {
    name: "ConfigMap",
    sound: MAPPING,
    read: (text) => {
      const parsed = parseConfigMap(text, SOURCE);
      return [...parsed.problems, ...assembleParsed([parsed]).problems];
    },
  },
  {
    name: "excluded interfaces",
    sound: EXCLUDED,
    read: (text) => parseExcludedInterfaces(text, SOURCE).problems,
  },
  {
    name: "manifest",
    sound: SOUND,
    read: (text) => {
      const { parts, problems } = readManifest("fuzz.yaml", text, "metallb-system");
      return [...problems, ...assembleParsed(parts).problems];
    },
  },
];

/** Within its limits, and every refusal says where: a line that the text has. */
function assertRead(read: (text: string) => readonly Problem[], text: string): void {
  const startedAt = performance.now();
  const problems = read(text);
  assert.ok(performance.now() - startedAt < LIMIT_MS, "it took long");
  const lines = text.split(/\r\n|[\r\n]/).length;
  for (const { line, column, message } of problems) {
    assert.ok(line !== undefined && line >= 1 && line <= lines, `${line} of ${lines}: ${message}`);
    assert.ok(column !== undefined && column >= 1, message);
    assert.ok(message !== "" && message.length < 2_000, `${message.length} characters`);
  }
}

for (const { name, sound, read } of READERS) {
  Deno.test(`fuzzing: ${name}, from a text that is almost valid`, () => {
    assert.deepEqual(read(sound).filter(({ severity }) => severity === "error"), []);
    fc.assert(fc.property(EDITS, (edits) => assertRead(read, edit(sound, edits))), RUNS);
  });

  Deno.test(`fuzzing: ${name}, from any text`, () => {
    const text = fc.array(SHARD, { maxLength: 40 }).map((shards) => shards.join(""));
    fc.assert(fc.property(text, (text) => assertRead(read, text)), RUNS);
  });
}

const BOMB = ["a: &a [x, x, x, x, x, x, x, x, x]"]
  .concat([..."bcdefghij"].map((c, i) => `${c}: &${c} [${`*${"abcdefghi"[i]}, `.repeat(9)}]`))
  .join("\n");
const MERGES = ["a: &a { k: 1 }"]
  .concat(
    [..."bcdefghij"].map((c, i) => `${c}: &${c} { <<: [${`*${"abcdefghi"[i]}, `.repeat(9)}] }`),
  )
  .join("\n");

const MONSTERS: Readonly<Record<string, string>> = {
  "aliases that blow up": BOMB,
  "merges that blow up": MERGES,
  "an alias of itself": "a: &a [*a]\n",
  "a merge of itself": "a: &a { <<: *a }\n",
  "brackets": "[".repeat(30_000),
  "braces": "{a: ".repeat(10_000),
  "dashes": "- ".repeat(20_000),
  "nesting by indent": Array.from({ length: 2_000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
  "a line of megabytes": `address-pools: "${"x".repeat(effort() > 1 ? 10_000_000 : 1_000_000)}"`,
  "a key of 1 MB": `${"k".repeat(1_000_000)}: 1`,
  "10,000 lines": "- a\n".repeat(10_000),
  "10,000 empty documents": "---\n".repeat(10_000),
  "10,000 anchors": Array.from({ length: 10_000 }, (_, i) => `- &a${i} x`).join("\n"),
  "NULs": "\u0000".repeat(100_000),
  "lone surrogates": "a: \ud800\nb: [\udc00]\n",
  "a huge number": `a: ${"9".repeat(100_000)}`,
  "a huge range": "address-pools: [{ name: a, protocol: layer2, addresses: ['::/0', 0.0.0.0/0] }]",
  "a pool with 10,000 ranges": `address-pools: [{ name: a, protocol: layer2, addresses: [${
    Array.from({ length: 10_000 }, (_, i) => `10.${i >> 8}.${i & 255}.1/32`).join(", ")
  }] }]`,
  "a pattern that backtracks": "announcedInterfacesToExclude: ['(a+)+$', '((a*)*)*b']",
};

for (const [name, text] of Object.entries(MONSTERS)) {
  Deno.test(`fuzzing: no reader is held up by ${name}`, () => {
    for (const { read } of READERS) assertRead(read, text);
  });
}

const JSON_VALUE = fc.jsonValue({ maxDepth: 4 });
const FIELD = fc.constantFrom(
  ..."addresses autoAssign avoidBuggyIPs serviceAllocation ipAddressPools nodeSelectors interfaces"
    .split(" "),
  ..."ipAddressPoolSelectors serviceSelectors priority namespaces matchLabels __proto__".split(" "),
);

Deno.test("fuzzing: custom resources with any spec are read or refused", () => {
  const spec = fc.oneof(JSON_VALUE, fc.dictionary(FIELD, JSON_VALUE));
  fc.assert(
    fc.property(spec, (value) => {
      const { meta } = serviceOf({ name: "p" });
      const json: JsonObject = JSON.parse(JSON.stringify({ spec: value }));
      for (const parse of [parseIpAddressPool, parseL2Advertisement]) {
        for (const { path, message } of parse({ meta, spec: json["spec"] }).problems) {
          assert.ok(path.startsWith("spec"), `${path}: ${message}`);
        }
      }
    }),
    RUNS,
  );
});

const VALUE = fc.oneof(
  fc.array(SHARD, { maxLength: 6 }).map((shards) => shards.join("")),
  EDITS.map((edits) => edit("10.0.0.1, fd00::1", edits.slice(0, 2))),
);

Deno.test("fuzzing: requests of Services are understood or refused, with a remedy", () => {
  const annotations = fc.dictionary(
    fc.constantFrom(
      ..."loadBalancerIPs address-pool allow-shared-ip".split(" ")
        .flatMap((name) => [`metallb.io/${name}`, `metallb.universe.tf/${name}`]),
    ),
    VALUE,
  );
  const status = fc.array(fc.record({ ip: fc.option(VALUE, { nil: undefined }), hostname: VALUE }));
  fc.assert(
    fc.property(annotations, fc.option(VALUE, { nil: undefined }), status, (notes, ip, ingress) => {
      const service = {
        ...serviceOf({ name: "s", annotations: notes, loadBalancerIP: ip }),
        ingress,
      };
      const { wish } = requestOf(service);
      if (wish.kind !== "wish") assert.ok(wish.message !== "" && wish.remedy !== "");
      else assert.ok(wish.addresses.length === 0 || wish.addresses.length === wish.families.length);
    }),
    RUNS,
  );
});

Deno.test("fuzzing: what a node reports of strangers never hurts the leader", () => {
  const sound =
    '{"conflicts":[{"address":"10.0.0.1","mac":"02:00:00:00:00:aa","interface":"eth0","since":"x"}]}';
  fc.assert(fc.property(EDITS, (edits) => void parseConflicts(edit(sound, edits))), RUNS);
  fc.assert(
    fc.property(JSON_VALUE, (value) => void parseConflicts(JSON.stringify({ conflicts: [value] }))),
    RUNS,
  );
  assert.deepEqual(parseConflicts("[".repeat(100_000)), []);
});
