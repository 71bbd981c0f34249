import { deepEqual, equal } from "node:assert/strict";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { eventually } from "../eventually.ts";
import { LeaderStage } from "../leader_stage.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const NAMESPACE = "faults";

const OBJECTS = `
{ apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: { name: pool },
  spec: { addresses: [192.168.0.200-192.168.0.209] } }
---
{ apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: { name: l2 },
  spec: { ipAddressPools: [pool, no-pool] } }
---
{ apiVersion: metallb.io/v1beta2, kind: BGPPeer, metadata: { name: peer },
  spec: { myASN: 64500, peerASN: 64501, peerAddress: 10.0.0.1, bfdProfile: no-profile } }
---
{ apiVersion: metallb.io/v1beta1, kind: BGPAdvertisement, metadata: { name: bgp },
  spec: { peers: [no-peer], communities: [no-community], aggregationLength: 24 } }
---
{ apiVersion: metallb.io/v1beta1, kind: BFDProfile, metadata: { name: bfd } }
---
{ apiVersion: metallb.io/v1beta1, kind: Community, metadata: { name: names-1 },
  spec: { communities: [{ name: vpn, value: "1:1" }] } }
---
{ apiVersion: metallb.io/v1beta1, kind: Community, metadata: { name: names-2 },
  spec: { communities: [{ name: vpn, value: "1:1" }] } }
`;

/** By object: the end of each message about it, after the path. */
const WANT: readonly string[] = [
  'metallb.io/v1beta1 BGPAdvertisement/bgp: BGPAdvertisement "bgp" has no effect on peer "no-peer": ' +
  "no BGPPeer that can be used has that name",
  'metallb.io/v1beta1 BGPAdvertisement/bgp: BGPAdvertisement "bgp" has no effect on pool "pool": ' +
  'need an aggregation length of at least 29 for addresses "192.168.0.200-192.168.0.209", have 24',
  'metallb.io/v1beta1 BGPAdvertisement/bgp: BGPAdvertisement "bgp" has no effect: no Community that ' +
  'can be used defines "no-community"',
  'metallb.io/v1beta1 Community/names-2: A duplicate definition of community "vpn" has no effect: ' +
  "it is defined in Community faults/names-1 already",
  'metallb.io/v1beta1 L2Advertisement/l2: L2Advertisement "l2" has no effect on pool "no-pool": no ' +
  "pool has that name",
  'metallb.io/v1beta2 BGPPeer/peer: BGPPeer "peer" has no effect: no BFDProfile that can be used has ' +
  'the name "no-profile"',
  "metallb.io/v1beta2 BGPPeer/peer: Not honoured yet: BGP is not spoken, so this and 2 more objects " +
  "for it have no effect",
];

const OVERLAP = `
{ apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: { name: second },
  spec: { addresses: [192.168.0.0/24] } }
`;

testWith(
  ["apiserver", "kubectl"],
  "faults between objects are Events at the object at fault, and pools go on working",
  async () => {
    await installCrds(controlPlane());
    const { kubeconfig } = controlPlane();
    const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
    await using stage = await LeaderStage.open(
      (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
      NAMESPACE,
    );
    await kubectl(["apply", "-n", NAMESPACE, "-f", "-"], OBJECTS);
    await stage.startLeader("leader");
    await stage.createService("web");
    await stage.untilAddress("web", "192.168.0.200");
    const told = await eventually("all Events", 30, async () => {
      const found = await toldOf("IgnoredConfiguration");
      return found.length >= WANT.length ? found : undefined;
    });
    deepEqual(told, WANT);

    await kubectl(["apply", "-n", NAMESPACE, "-f", "-"], OVERLAP);
    const refused = await eventually("the refusal", 30, async () => {
      const found = await toldOf("InvalidConfiguration");
      return found.length > 0 ? found : undefined;
    });
    equal(refused.length, 1);
    equal(refused[0]?.startsWith("metallb.io/v1beta1 IPAddressPool/second: Cannot use"), true);
    equal(stage.addressOf("web"), "192.168.0.200");
    await stage.deleteAll();
  },
);

/** What is told with a reason, sorted: about which object, and the message without its place. */
async function toldOf(reason: string): Promise<readonly string[]> {
  const text = await kubectl(["get", "events", "-n", NAMESPACE, "-o", "json"]);
  const events: readonly {
    readonly reason: string;
    readonly message: string;
    readonly involvedObject: Readonly<Record<"apiVersion" | "kind" | "name", string>>;
  }[] = JSON.parse(text).items;
  return events.filter((event) => event.reason === reason)
    .map(({ involvedObject: { apiVersion, kind, name }, message }) => {
      const place = new RegExp(`^${kind} ${NAMESPACE}/${name}: (spec[^ ]*: )?`);
      return `${apiVersion} ${kind}/${name}: ${message.replace(place, "")}`;
    })
    .toSorted();
}

async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv, stdin);
  equal(code, 0, stderr);
  return stdout;
}
