import { eventually } from "../../tests/eventually.ts";
import { clientOf, createCluster, NAMESPACE, post } from "./api_objects.ts";
import type { Contestant } from "./contestant.ts";
import { type Lab, machineOf, type NodeName, POOL } from "./lab.ts";

/** As release/compile.ts builds in. */
const V8_FLAGS = "--optimize-for-size";

/** Prepares Lanlord: an API server in memory, Services that have these addresses; no speaker runs yet. */
export async function prepareLanlord(
  lab: Lab,
  addresses: readonly string[],
): Promise<Contestant> {
  const api = await lab.openApi("memory");
  using kube = await clientOf(api.kubeconfig);
  await createCluster(kube, addresses);
  await post(kube, `/api/v1/namespaces/${NAMESPACE}/configmaps`, {
    metadata: { name: "config" },
    data: { config: `address-pools: [{name: p, protocol: layer2, addresses: ["${POOL}"]}]` },
  });
  const env = { KUBECONFIG: api.kubeconfigOnLan, DENO_V8_FLAGS: V8_FLAGS };
  return {
    name: "Lanlord",
    calmMs: 1_500,
    start: async (node) => {
      const own = ["--node-name", node, "--state-dir", lab.folder];
      const argv = [...lab.self, "speaker", ...own, "--release-on-exit"];
      lab.crew.start({ name: nameOf(node), machine: machineOf(lab, node), argv, env });
      await eventually(`the speaker of ${node} to be ready`, 30, async () => {
        const url = "http://127.0.0.1:7472/readyz";
        const { code } = await machineOf(lab, node).run(["curl", "-sf", "-m1", url]);
        return code === 0 || undefined;
      });
    },
    kill: (node) => lab.crew.kill(nameOf(node)),
    stop: (node) => lab.crew.member(nameOf(node)).stop(),
  };
}

function nameOf(node: NodeName): string {
  return `speaker-${node}`;
}
