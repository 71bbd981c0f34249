import assert from "node:assert/strict";
import { startControlPlane } from "../../demo/control_plane/start.ts";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { testWith } from "../needs.ts";
import { Cluster, DUAL_STACK } from "../parity/cluster.ts";
import { installKinds } from "../parity/kinds.ts";
import { lanlordPlayer } from "../parity/lanlord.ts";
import { describeMismatch } from "../parity/observe.ts";
import { play } from "../parity/play.ts";
import { SCENARIOS } from "../parity/scenarios/all.ts";

testWith(
  ["apiserver", "kubectl"],
  "the scenarios, before a leader on a real API server",
  async (t) => {
    await using plane = await startControlPlane({ flags: DUAL_STACK });
    const { kubeconfig } = plane;
    const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
    using kube = createClient(credentials);
    await installKinds(kube);
    await using cluster = new Cluster(kube);
    const player = lanlordPlayer(() => createClient(credentials), 20);
    for (const [i, scenario] of SCENARIOS.entries()) {
      await t.step(scenario.name, async () => {
        const { mismatches } = await play(scenario, cluster, player, `parity-${i}`);
        assert.deepEqual(mismatches.map(describeMismatch), []);
      });
    }
  },
);
