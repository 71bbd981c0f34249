import {
  ENDPOINT_SLICES,
  type JsonObject,
  type Kube,
  LEASES,
  mergePatch,
  NODES,
  pathOf,
  SERVICES,
} from "../../kube/mod.ts";
import { PRESENCE_LABEL } from "../../config/presence.ts";
import { NAMESPACE, patchStatus, post } from "../lab/api_objects.ts";

const PARALLEL = 48;

/** One Service in so many is of type LoadBalancer; one in so many of these has policy Local. */
const LOAD_BALANCER_EACH = 40;
const LOCAL_EACH = 10;

/** Something that happens in a cluster. */
export interface Happening {
  readonly what: string;
  readonly times: number;
  /** The ith time. */
  readonly happen: (cluster: LargeCluster, i: number) => Promise<void>;
}

/** What happens, so many times each. */
export const HAPPENINGS: readonly Happening[] = [
  {
    what: "reports of nodes, all as before",
    times: 1_000,
    happen: (cluster, i) => cluster.reportNode(i),
  },
  {
    what: "changes of endpoints of other Services",
    times: 1_000,
    happen: (cluster, i) => cluster.changeSlice(1 + i % (LOAD_BALANCER_EACH - 1)),
  },
  {
    what: "changes of other Services",
    times: 1_000,
    happen: (cluster, i) => cluster.changeService(1 + i % (LOAD_BALANCER_EACH - 1)),
  },
  {
    what: "changes of endpoints of a Service, Local",
    times: 10,
    happen: (cluster) => cluster.changeSlice(0),
  },
];

/** A cluster with realistic objects, on a real API server. */
export class LargeCluster {
  readonly #kube: Kube;
  readonly #size: { readonly nodes: number; readonly services: number };
  #count = 0;

  constructor(kube: Kube, size: { readonly nodes: number; readonly services: number }) {
    this.#kube = kube;
    this.#size = size;
  }

  async create(): Promise<void> {
    await post(this.#kube, "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    const data = {
      config: "address-pools: [{name: p, protocol: layer2, addresses: [10.128.0.0/16]}]",
    };
    await post(this.#kube, `/api/v1/namespaces/${NAMESPACE}/configmaps`, {
      metadata: { name: "config" },
      data,
    });
    await this.each(this.#size.nodes, (_, i) => this.#createNode(i));
    await this.each(this.#size.services, (_, i) => this.#createService(i));
  }

  /** Lets something happen so many times, some at once. */
  async each(times: number, happen: Happening["happen"]): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < times) await happen(this, next++);
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  }

  async reportNode(i: number): Promise<void> {
    await patchStatus(
      this.#kube,
      pathOf(NODES, { name: nodeName(i % this.#size.nodes) }),
      nodeStatus(),
    );
  }

  async changeService(i: number): Promise<void> {
    const labels = { change: String(this.#count++) };
    await this.#patch(
      mergePatch(SERVICES, { namespace: "default", name: serviceName(i) }, {
        metadata: { labels },
      }),
    );
  }

  async changeSlice(i: number): Promise<void> {
    const target = { namespace: "default", name: serviceName(i) };
    await this.#patch(mergePatch(ENDPOINT_SLICES, target, { endpoints: endpoints(this.#count++) }));
  }

  async #patch(call: ReturnType<typeof mergePatch>): Promise<void> {
    await this.#kube.request(call, AbortSignal.timeout(30_000));
  }

  async #createNode(i: number): Promise<void> {
    const name = nodeName(i);
    const labels = {
      "beta.kubernetes.io/arch": "amd64",
      "beta.kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
    };
    await post(this.#kube, "/api/v1/nodes", { metadata: { name, labels } });
    await patchStatus(this.#kube, pathOf(NODES, { name }), nodeStatus());
    const mac = `02:00:00:00:${hex(i >> 8)}:${hex(i & 255)}`;
    const subnets = [`192.168.${i >> 8}.${i & 255}/16`];
    const interfaces = JSON.stringify([{ name: "eth0", mac, subnets, isExcluded: false }]);
    await post(this.#kube, pathOf(LEASES, { namespace: NAMESPACE }), {
      metadata: {
        name: `lanlord-speaker-${name}`,
        labels: { [PRESENCE_LABEL]: "speaker" },
        annotations: { "lanlord.dev/interfaces": interfaces },
      },
      spec: { holderIdentity: name },
    });
  }

  async #createService(i: number): Promise<void> {
    const name = serviceName(i);
    const isBalanced = i % LOAD_BALANCER_EACH === 0;
    const isLocal = isBalanced && i % (LOAD_BALANCER_EACH * LOCAL_EACH) === 0;
    const balanced: JsonObject = isBalanced
      ? { type: "LoadBalancer", allocateLoadBalancerNodePorts: false }
      : {};
    const local: JsonObject = isLocal ? { externalTrafficPolicy: "Local" } : {};
    await post(this.#kube, pathOf(SERVICES, { namespace: "default" }), {
      metadata: { name, labels: { "app.kubernetes.io/name": name } },
      spec: {
        selector: { "app.kubernetes.io/name": name },
        ports: [{ name: "http", port: 80 }],
        ...balanced,
        ...local,
      },
    });
    if (isBalanced) {
      const ip = `10.128.${i / LOAD_BALANCER_EACH >> 8}.${i / LOAD_BALANCER_EACH & 255}`;
      await patchStatus(this.#kube, pathOf(SERVICES, { namespace: "default", name }), {
        loadBalancer: { ingress: [{ ip }] },
      });
    }
    await post(this.#kube, pathOf(ENDPOINT_SLICES, { namespace: "default" }), {
      apiVersion: ENDPOINT_SLICES.apiVersion,
      kind: "EndpointSlice",
      metadata: { name, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 80, protocol: "TCP" }],
      endpoints: endpoints(i),
    });
  }
}

/** Three pods on three nodes. */
function endpoints(i: number): readonly JsonObject[] {
  return [0, 1, 2].map((k): JsonObject => ({
    addresses: [`10.${(i + k) >> 8 & 255}.${i & 255}.${k}`],
    nodeName: nodeName((i + k) % 1_000),
    conditions: { ready: true, serving: true, terminating: false },
    targetRef: { kind: "Pod", namespace: "default", name: `pod-${i}-${k}` },
  }));
}

/** As a kubelet writes it, with the 50 images that it tells of at most. */
function nodeStatus(): JsonObject {
  const now = new Date().toISOString().replace(/\.[0-9]+Z$/, "Z");
  const types = ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"];
  return {
    conditions: types.map((type) => ({
      type,
      status: type === "Ready" ? "True" : "False",
      lastHeartbeatTime: now,
      lastTransitionTime: "2026-01-01T00:00:00Z",
      reason: `KubeletHas${type}`,
      message: `kubelet tells of ${type}, as it does for every node of every cluster`,
    })),
    images: Array.from({ length: 50 }, (_, i) => ({
      names: [
        `registry.example.com/team-${i}/application@sha256:${"0123456789abcdef".repeat(4)}`,
        `registry.example.com/team-${i}/application:v1.${i}.0`,
      ],
      sizeBytes: 100_000_000 + i,
    })),
    capacity: { cpu: "64", memory: "263852604Ki", pods: "110", "ephemeral-storage": "102350Mi" },
    allocatable: {
      cpu: "63",
      memory: "263750204Ki",
      pods: "110",
      "ephemeral-storage": "96589578081",
    },
    nodeInfo: {
      architecture: "amd64",
      bootID: "3a4f6b0e-3b1c-4c9d-a1ff-0123456789ab",
      containerRuntimeVersion: "containerd://2.1.0",
      kernelVersion: "6.12.0-amd64",
      kubeProxyVersion: "",
      kubeletVersion: "v1.36.3",
      machineID: "0123456789abcdef0123456789abcdef",
      operatingSystem: "linux",
      osImage: "Debian GNU/Linux 13 (trixie)",
      systemUUID: "3a4f6b0e-3b1c-4c9d-a1ff-0123456789ab",
    },
  };
}

function nodeName(i: number): string {
  return `node-${String(i).padStart(4, "0")}.example.com`;
}

function serviceName(i: number): string {
  return `team-${i % 97}-application-${i}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
