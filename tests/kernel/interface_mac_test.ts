// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { PATIENCE_MS } from "../../speaker/stranger/stranger_patience.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { eventsSince, ipOn, witnessOf } from "./interface_stage.ts";
import { NODES, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const OTHER_MAC = "02:00:00:00:00:77";

testWith(
  ["netns", "arping"],
  "another MAC: the owner goes on with it, and is no stranger",
  async () => {
    await using lan = await openSpeakerLan();
    await startAll(lan);
    await lan.assign("whoami", VIP);
    await using witness = witnessOf(lan, VIP);
    const owner = await witness.owner();
    const since = Date.now();
    await ipOn(lan, owner, `link set eth0 address ${OTHER_MAC}`);
    const change = await eventually("an answer with the new MAC", 10, () => {
      return Promise.resolve(witness.handovers.at(-1));
    });
    console.log(`another MAC: ${(change.firstAt - change.lastAt).toFixed(0)} ms without an answer`);
    assert.equal(change.to, OTHER_MAC);
    // The watch goes on with the new MAC: when the owner dies, it is found silent by that.
    await lan.lan.unplug(owner);
    const { to } = await witness.movedFrom(OTHER_MAC);
    const nodes = NODES.filter((node) => node !== owner);
    assert.ok(nodes.includes(to));
    const events = await eventually("the second owner is told of", 10, async () => {
      const found = await lan.events();
      return found.length > 1 ? found : undefined;
    });
    assert.deepEqual(
      events,
      [owner, to].map((node) => `nodeAssigned: announcing from node "${node}"`),
    );
    const conflicts = await eventually(
      "the time for a conflict to be told of has passed",
      10,
      async () => {
        if (Date.now() - since < 2 * PATIENCE_MS) return undefined;
        return (await eventsSince(lan, since)).filter(({ event }) => event === "addressConflict");
      },
    );
    assert.deepEqual(conflicts, []);
  },
);
