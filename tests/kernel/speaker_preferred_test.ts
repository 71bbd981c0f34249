import assert from "node:assert/strict";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { defineKinds, patch, resource, service } from "./cluster_objects.ts";
import { ask, openDualLan, settled } from "./dual_lan.ts";
import { watchMoves } from "./moves.ts";
import { NODES, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.1.1";
const VIP6 = "fd00:6::1";
const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

const ADVERTISEMENT: JsonObject = {
  interfaces: ["eth0"],
  preferredNodeSelectors: [
    { weight: 10, preference: { matchLabels: { disk: "ssd" } } },
    { weight: 30, preference: { matchExpressions: [{ key: "edge", operator: "Exists" }] } },
  ],
};

/** What holds of a speaker however it answers. */
for (const mode of ["bind", "respond"]) {
  testWith(
    ["netns", "arping", "ndisc6"],
    `--l2 ${mode}: a preferred node gets what another holds`,
    async (t) => {
      await using lan = await openDualLan();
      await defineKinds(lan);
      lan.api.load([
        resource("IPAddressPool", "near", { addresses: ["192.168.1.0/24", "fd00:6::/64"] }),
        resource("L2Advertisement", "near", ADVERTISEMENT),
      ]);
      await startAll(lan, ["--l2", mode]);
      lan.api.load([service("web", VIP), service("web6", VIP6)]);
      const first = await lan.settled(VIP);
      await settled(lan, VIP6);
      const [second = "", third = ""] = NODES.filter((node) => node !== first);

      await t.step("a label: one move, hardly an answer missing", async () => {
        const moves = watchMoves(lan, VIP);
        await moves.begun;
        await label(lan, second, { disk: "ssd" });
        await movesTo(lan, second);
        const found = await moves.end();
        assert.deepEqual(found.map(({ from, to }) => [from, to]), [[first, second]]);
        assert.ok((found[0]?.gapMs ?? Infinity) < 1_000, `${found[0]?.gapMs} ms`);
      });

      await t.step("more weight on another node", async () => {
        await label(lan, third, { disk: "ssd", edge: "" });
        await movesTo(lan, third);
      });

      await t.step("excluded, it lets go; back, it gets it", async () => {
        await label(lan, third, { [EXCLUDE_LABEL]: "" });
        await movesTo(lan, second);
        await label(lan, third, { [EXCLUDE_LABEL]: null });
        await movesTo(lan, third);
      });
    },
  );
}

async function label(lan: SpeakerLan, node: string, labels: JsonObject): Promise<void> {
  await patch(lan, `/api/v1/nodes/${node}`, { metadata: { labels } });
}

/** Waits until the node alone answers for both addresses. */
async function movesTo(lan: SpeakerLan, node: string): Promise<void> {
  await eventually(`${node} alone to answer`, 60, async () => {
    const found = new Set([...await lan.answering(VIP), ...await ask(lan, VIP6, 1)]);
    return (found.size === 1 && found.has(node)) || undefined;
  });
}
