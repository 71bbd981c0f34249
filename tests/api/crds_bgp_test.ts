import { deepEqual, equal, match } from "node:assert/strict";
import {
  parseBfdProfile,
  parseBgpAdvertisement,
  parseBgpPeer,
  parseCommunityObject,
  type Parsed,
} from "../../config/mod.ts";
import { customResource } from "../../kube/resources.ts";
import type { CustomResource } from "../../kube/types.ts";
import { type ControlPlane, usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import {
  ADVERTISEMENT_ROWS,
  COMMUNITY_ROWS,
  OLD_PEER_ROWS,
  PEER_ROWS,
  PROFILE_ROWS,
} from "./crds_bgp_rows.ts";
import { checkRows, installCrds, type Kind, manifest } from "./crd_stage.ts";

type Kubectl = ControlPlane["kubectl"];

const controlPlane = usingControlPlane();
const V1BETA1 = "metallb.io/v1beta1";
const V1BETA2 = "metallb.io/v1beta2";

function kindOf(
  apiVersion: string,
  kind: string,
  plural: string,
  parse: (object: CustomResource) => Parsed,
): Kind {
  const resource = customResource(apiVersion, kind, plural);
  return {
    apiVersion,
    kind,
    plural,
    // A fault of these is a warning, which leaves the object out: no warning is wanted either.
    parse: (served) => {
      const object = resource.parse(served);
      const parsed = object && parse(object);
      const asError = { severity: "error" } as const;
      return parsed && { ...parsed, problems: parsed.problems.map((p) => ({ ...p, ...asError })) };
    },
  };
}

const PEERS = kindOf(V1BETA2, "BGPPeer", "bgppeers", parseBgpPeer);
const OLD_PEERS = kindOf(V1BETA1, "BGPPeer", "bgppeers", parseBgpPeer);
const ADVERTISEMENTS = kindOf(
  V1BETA1,
  "BGPAdvertisement",
  "bgpadvertisements",
  parseBgpAdvertisement,
);
const PROFILES = kindOf(V1BETA1, "BFDProfile", "bfdprofiles", parseBfdProfile);
const COMMUNITIES = kindOf(V1BETA1, "Community", "communities", parseCommunityObject);

testWith(
  ["apiserver", "kubectl"],
  "the API server takes and refuses what the CRDs of BGP say",
  async (t) => {
    await installCrds(controlPlane());
    await checkRows(t, controlPlane(), PEERS, PEER_ROWS);
    await checkRows(t, controlPlane(), OLD_PEERS, OLD_PEER_ROWS);
    await checkRows(t, controlPlane(), ADVERTISEMENTS, ADVERTISEMENT_ROWS);
    await checkRows(t, controlPlane(), PROFILES, PROFILE_ROWS);
    await checkRows(t, controlPlane(), COMMUNITIES, COMMUNITY_ROWS);
  },
);

const PEER = { myASN: 64500, peerASN: 64501, peerAddress: "10.0.0.1" };

testWith(["apiserver", "kubectl"], "a BGPPeer of v1beta1 is the same peer in v1beta2", async () => {
  await installCrds(controlPlane());
  const created = await kubectl(["create", "-f", "-"], manifest(OLD_PEERS, "old", PEER));
  match(created.stderr, /Warning: v1beta1 is deprecated, please use v1beta2/);
  const stored = JSON.parse(await read(["get", "bgppeer", "old", "-o", "json"]));
  equal(stored.apiVersion, V1BETA2);
  const { disableMP: _mp, dualStackAddressFamily: _family, ...spec } = stored.spec;
  deepEqual(spec, { ...PEER, peerPort: 179 }, "no hold time of 0 s comes from nowhere");
});

testWith(["apiserver", "kubectl"], "v1beta1 shows of a newer BGPPeer what it knows", async () => {
  await installCrds(controlPlane());
  const { peerASN: _asn, ...rest } = PEER;
  const newer = { ...rest, dynamicASN: "external", vrf: "red" };
  equal((await kubectl(["create", "-f", "-"], manifest(PEERS, "newer", newer))).code, 0);
  const shown = JSON.parse(
    await read(["get", "bgppeers.v1beta1.metallb.io", "newer", "-o", "json"]),
  );
  deepEqual(shown.spec, { ...rest, peerPort: 179 });
  const kept = JSON.parse(await read(["get", "bgppeer", "newer", "-o", "json"]));
  equal(kept.spec.vrf, "red");
});

testWith(["apiserver", "kubectl"], "graceful restart is settled once it is set", async () => {
  await installCrds(controlPlane());
  equal((await kubectl(["create", "-f", "-"], manifest(PEERS, "restart", PEER))).code, 0);
  const patch = (value: boolean): ReturnType<Kubectl> => {
    const body = JSON.stringify({ spec: { enableGracefulRestart: value } });
    return kubectl(["patch", "bgppeer", "restart", "--type=merge", "-p", body]);
  };
  equal((await patch(true)).code, 0);
  const { code, stderr } = await patch(false);
  equal(code, 1);
  match(stderr, /EnableGracefulRestart cannot be changed after creation/);
});

testWith(["apiserver", "kubectl"], "a status says once who announces", async () => {
  await installCrds(controlPlane());
  const kind = { apiVersion: V1BETA1, kind: "ServiceBGPStatus" };
  equal((await kubectl(["create", "-f", "-"], manifest(kind, "bgp-x", {}))).code, 0);
  const patch = (status: unknown): ReturnType<Kubectl> =>
    kubectl([
      "patch",
      "servicebgpstatus",
      "bgp-x",
      "--subresource=status",
      "--type=merge",
      "-p",
      JSON.stringify({ status }),
    ]);
  const first = { node: "n1", serviceName: "web", serviceNamespace: "shop", peers: ["a", "b"] };
  equal((await patch(first)).code, 0);
  equal((await patch({ peers: ["a"] })).code, 0);
  match((await patch({ node: "n2" })).stderr, /Value is immutable/);
});

/** What kubectl prints as columns, of objects that say what is worth a column. */
const COLUMNS: readonly (readonly [kind: string, spec: unknown, wide: boolean, table: string])[] = [
  [
    "BGPPeer",
    { ...PEER, bfdProfile: "fast", ebgpMultiHop: true },
    false,
    "NAME|ADDRESS|ASN|BFD PROFILE|MULTI HOPS\nx|10.0.0.1|64501|fast|true",
  ],
  [
    "BGPAdvertisement",
    { ipAddressPools: ["a"], peers: ["p"] },
    false,
    'NAME|IPADDRESSPOOLS|IPADDRESSPOOL SELECTORS|PEERS\nx|["a"]|["p"]',
  ],
  [
    "BFDProfile",
    { passiveMode: true, transmitInterval: 20, receiveInterval: 30, detectMultiplier: 4 },
    false,
    "NAME|PASSIVE MODE|TRANSMIT INTERVAL|RECEIVE INTERVAL|MULTIPLIER\nx|true|20|30|4",
  ],
  [
    "Community",
    { communities: [{ name: "vpn", value: "1:1" }] },
    false,
    'NAME|COMMUNITIES\nx|[{"name":"vpn","value":"1:1"}]',
  ],
  [
    "L2Advertisement",
    { ipAddressPools: ["a"], interfaces: ["eth0"], nodeSelectors: [{}] },
    true,
    'NAME|IPADDRESSPOOLS|IPADDRESSPOOL SELECTORS|INTERFACES|NODE SELECTORS\nx|["a"]|["eth0"]|[{}]',
  ],
];

testWith(["apiserver", "kubectl"], "kubectl get shows columns of every kind", async (t) => {
  await installCrds(controlPlane());
  for (const [kind, spec, isWide, table] of COLUMNS) {
    await t.step(kind, async () => {
      const apiVersion = kind === "BGPPeer" ? V1BETA2 : V1BETA1;
      const made = await kubectl(["create", "-f", "-"], manifest({ apiVersion, kind }, "x", spec));
      equal(made.code, 0, made.stderr);
      const shown = await read(["get", kind.toLowerCase(), "x", ...isWide ? ["-o", "wide"] : []]);
      const lines = shown.trimEnd().split("\n").map((line) =>
        line.trim().replaceAll(/ {2,}/g, "|")
      );
      equal(lines.join("\n"), table);
    });
  }
});

testWith(
  ["apiserver", "kubectl"],
  "kubectl explain describes every field of every kind",
  async (t) => {
    await installCrds(controlPlane());
    const crds = JSON.parse(await read(["get", "crd", "-o", "json"]));
    for (const { spec: { names, versions } } of crds.items) {
      for (const { name, schema } of versions) {
        await t.step(`${names.kind} ${name}`, () => {
          deepEqual(undescribed(schema.openAPIV3Schema, ""), []);
        });
      }
    }
    await t.step("as kubectl shows it", async () => {
      const text = await read(["explain", "bgppeer.spec"]);
      match(text, /VERSION: +v1beta2/);
      match(text, /myASN\t<integer> -required-\n +The number of the own autonomous system/);
      match(text, /enum: internal, external/);
    });
  },
);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** Paths of properties that have no description; what every object of Kubernetes has is left out. */
function undescribed({ properties = {}, items }: Schema, path: string): readonly string[] {
  const common = path === "" ? ["apiVersion", "kind", "metadata"] : [];
  const own = Object.entries(properties).filter(([name]) => !common.includes(name));
  return [
    ...own.flatMap(([name, schema]) => [
      ...schema.description === undefined ? [`${path}.${name}`] : [],
      ...undescribed(schema, `${path}.${name}`),
    ]),
    ...items ? undescribed(items, `${path}[]`) : [],
  ];
}

function kubectl(argv: readonly string[], object?: unknown): ReturnType<Kubectl> {
  const stdin = object === undefined ? undefined : JSON.stringify(object);
  return controlPlane().kubectl(argv, stdin);
}

async function read(argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv);
  equal(code, 0, stderr);
  return stdout;
}
