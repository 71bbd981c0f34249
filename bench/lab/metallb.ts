import type { Kube } from "../../kube/mod.ts";
import { eventually } from "../../tests/eventually.ts";
import { clientOf, createCluster, NAMESPACE, patchStatus, post } from "./api_objects.ts";
import type { Contestant } from "./contestant.ts";
import { type Lab, machineOf, NODE_ADDRESSES, type NodeName, NODES, POOL } from "./lab.ts";
import { METALLB_VERSION, type MetallbAssets } from "./metallb_build.ts";
import { createResources } from "./metallb_resources.ts";

const SPEAKER_LABELS = { app: "metallb", component: "speaker" } as const;

/**
 * Prepares MetalLB in layer 2 mode against a real API server, with memberlist between the speakers as its own
 * manifest sets it; no speaker runs yet.
 */
export async function prepareMetallb(
  lab: Lab,
  assets: MetallbAssets,
  addresses: readonly string[],
): Promise<Contestant> {
  const api = await lab.openApi("real");
  using kube = await clientOf(api.kubeconfig);
  await createCluster(kube, addresses);
  await createResources(kube, assets.crds, POOL);
  for (const node of NODES) await createPod(kube, node);
  return {
    name: `MetalLB ${METALLB_VERSION}`,
    calmMs: 10_000,
    start: async (node) => {
      const machine = machineOf(lab, node);
      const env = { KUBECONFIG: api.kubeconfigOnLan, ...environmentOf(node) };
      lab.crew.start({ name: nameOf(node), machine, argv: [assets.speaker], env });
      await eventually(`the speaker of ${node} to serve its metrics`, 60, async () => {
        const url = `http://${NODE_ADDRESSES[node]}:7472/metrics`;
        const { stdout } = await machine.run(["curl", "-sf", "-m1", url]);
        return /metallb_k8s_client_config_loaded_bool 1/.test(stdout) || undefined;
      });
    },
    kill: (node) => lab.crew.kill(nameOf(node)),
    stop: (node) => lab.crew.member(nameOf(node)).stop(),
  };
}

/** Speakers find one another by their pods. */
async function createPod(kube: Kube, node: NodeName): Promise<void> {
  const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
  await post(kube, pods, {
    metadata: { name: nameOf(node), labels: SPEAKER_LABELS },
    spec: {
      nodeName: node,
      hostNetwork: true,
      containers: [{ name: "speaker", image: "speaker" }],
    },
  });
  const address = NODE_ADDRESSES[node];
  const ips = { hostIP: address, podIP: address, podIPs: [{ ip: address }] };
  await patchStatus(kube, `${pods}/${nameOf(node)}`, {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True" }],
    ...ips,
  });
}

function environmentOf(node: NodeName): Readonly<Record<string, string>> {
  const address = NODE_ADDRESSES[node];
  return {
    METALLB_NODE_NAME: node,
    METALLB_NAMESPACE: NAMESPACE,
    METALLB_POD_NAME: nameOf(node),
    METALLB_HOST: address,
    METALLB_ML_BIND_ADDR: address,
    METALLB_ML_BIND_PORT: "7946",
    METALLB_ML_LABELS: Object.entries(SPEAKER_LABELS).map((pair) => pair.join("=")).join(","),
    METALLB_ML_SECRET_KEY: "bench",
  };
}

function nameOf(node: NodeName): string {
  return `metallb-${node}`;
}
