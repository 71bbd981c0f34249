import { deepEqual, equal } from "node:assert/strict";
import { parse, parseAllDocuments, stringify } from "yaml";
import { assemble, type ConfigInput, formatProblem } from "../../config/mod.ts";
import { customResource } from "../../kube/resources.ts";
import type { CustomResource } from "../../kube/types.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const OBJECTS = await Deno.readTextFile(new URL("metallb_objects.yaml", import.meta.url));
const PEERS = new URL("../../deploy/crds/metallb.io_bgppeers.yaml", import.meta.url);

testWith(
  ["apiserver", "kubectl"],
  "definitions that MetalLB installed, with its webhook, become ours",
  async () => {
    const definition = parse(await Deno.readTextFile(PEERS));
    const service = { namespace: "metallb-system", name: "gone", path: "/convert" };
    definition.spec.conversion = {
      strategy: "Webhook",
      webhook: { conversionReviewVersions: ["v1"], clientConfig: { service } },
    };
    await kubectl(["create", "-f", "-"], stringify(definition));
    await installCrds(controlPlane());
    const path = "jsonpath={.spec.conversion}";
    deepEqual(
      JSON.parse(await kubectl(["get", "crd", "bgppeers.metallb.io", "-o", path])),
      { strategy: "None" },
    );
  },
);

testWith(
  ["apiserver", "kubectl"],
  "what users of MetalLB have in a repository applies unchanged",
  async () => {
    await installCrds(controlPlane());
    await kubectl(["create", "namespace", "metallb-system"]);
    const applied = await kubectl(["apply", "--validate=strict", "-f", "-"], OBJECTS);
    const count = parseAllDocuments(OBJECTS).length;
    equal(applied.trimEnd().split("\n").filter((line) => line.endsWith(" created")).length, count);
    const again = await kubectl(["apply", "--validate=strict", "-f", "-"], OBJECTS);
    deepEqual(again.trimEnd().split("\n").filter((line) => !line.endsWith(" unchanged")), []);
  },
);

testWith(["apiserver", "kubectl"], "and is one configuration, in force as a whole", async () => {
  const { config, problems } = assemble({
    pools: await list("IPAddressPool", "ipaddresspools"),
    l2Advertisements: await list("L2Advertisement", "l2advertisements"),
    bgpPeers: await list("BGPPeer", "bgppeers", "metallb.io/v1beta2"),
    bgpAdvertisements: await list("BGPAdvertisement", "bgpadvertisements"),
    bfdProfiles: await list("BFDProfile", "bfdprofiles"),
    communities: await list("Community", "communities"),
  });
  equal(config?.pools.length, 2);
  equal(config.bgp?.peers.length, 4);
  equal(config.bgp.advertisements.length, 3);
  const told = problems.map(formatProblem).filter((text) => !text.includes("Not honoured yet"));
  deepEqual(told, []);
});

async function list(
  kind: string,
  plural: string,
  apiVersion = "metallb.io/v1beta1",
): Promise<NonNullable<ConfigInput["bgpPeers"]>> {
  const [group = "", version = ""] = apiVersion.split("/");
  const name = `${plural}.${version}.${group}`;
  const text = await kubectl(["get", name, "-n", "metallb-system", "-o", "json"]);
  const { parse: read } = customResource(apiVersion, kind, plural);
  return JSON.parse(text).items.flatMap((item: Parameters<typeof read>[0]): CustomResource[] => {
    const object = read(item);
    return object === undefined ? [] : [object];
  });
}

async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv, stdin);
  equal(code, 0, stderr);
  return stdout;
}
