import assert from "node:assert/strict";
import { parse } from "yaml";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { eventsSince, ipOn, witnessOf, written } from "./interface_stage.ts";
import { openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.150";

testWith(
  ["netns", "arping"],
  "an interface that an advertisement names gets another name: handed over",
  async () => {
    await using lan = await openSpeakerLan(undefined, [
      await definition("ipaddresspools"),
      await definition("l2advertisements"),
      resource("IPAddressPool", { addresses: [`${VIP}-${VIP}`] }),
      resource("L2Advertisement", { ipAddressPools: ["named"], interfaces: ["eth0"] }),
    ]);
    await startAll(lan);
    await lan.assign("whoami", VIP);
    await using witness = witnessOf(lan, VIP);
    const owner = await witness.owner();
    const since = Date.now();
    await ipOn(lan, owner, "link set eth0 name lan0");
    const { to } = await witness.movedFrom(owner);
    const release = await written(lan, since, { node: owner, event: "released" });
    assert.equal(release.fields["reason"], "hand-over");

    // With its old name it may hold the address again, and does not take it back.
    const backAt = Date.now();
    await ipOn(lan, owner, "link set lan0 name eth0", "route replace default via 192.168.0.1");
    const seen = witness.answers;
    await eventually("a hundred answers more", 10, () => {
      return Promise.resolve(witness.answers >= seen + 100 || undefined);
    });
    assert.equal(await witness.owner(), to);
    const moves = (await eventsSince(lan, backAt)).filter(({ event }) => event === "claimed");
    assert.deepEqual(moves, []);
  },
);

/** A CustomResourceDefinition of those that are shipped. */
async function definition(plural: string): Promise<JsonObject> {
  const file = new URL(`../../deploy/crds/metallb.io_${plural}.yaml`, import.meta.url);
  return parse(await Deno.readTextFile(file));
}

function resource(kind: string, spec: JsonObject): JsonObject {
  const metadata = { namespace: "metallb-system", name: "named" };
  return { apiVersion: "metallb.io/v1beta1", kind, metadata, spec };
}
