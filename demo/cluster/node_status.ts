import type { JsonObject } from "../../kube/types.ts";
import type { Pod } from "./objects.ts";

/** A Node object as a kubelet registers it. */
export function nodeObject(name: string, podCidr: string): JsonObject {
  const labels = {
    "kubernetes.io/hostname": name,
    "kubernetes.io/os": "linux",
    "kubernetes.io/arch": "amd64",
  };
  return { metadata: { labels }, spec: { podCIDR: podCidr, podCIDRs: [podCidr] } };
}

/** The status with which a node comes up. `nowWall`: ms since 1970. */
export function nodeStatus(
  node: { readonly nodeName: string; readonly address: string },
  nowWall: number,
): JsonObject {
  const resources = { cpu: "2", memory: "2Gi", pods: "250" };
  return {
    status: {
      addresses: [
        { type: "InternalIP", address: node.address },
        { type: "Hostname", address: node.nodeName },
      ],
      capacity: resources,
      allocatable: resources,
      conditions: [condition("Ready", nowWall, "KubeletReady", "the stand-in of the demo is up")],
      nodeInfo: {
        architecture: "amd64",
        bootID: "",
        containerRuntimeVersion: "lanlord-demo://whoami",
        kernelVersion: "",
        kubeProxyVersion: "",
        kubeletVersion: "lanlord-demo",
        machineID: "",
        operatingSystem: "linux",
        osImage: "a network namespace",
        systemUUID: "",
      },
    },
  };
}

/** The status of a pod that answers at this address. */
export function podStatus(pod: Pod, address: string, hostIp: string, nowWall: number): JsonObject {
  const startedAt = rfc3339(nowWall);
  return {
    status: {
      phase: "Running",
      hostIP: hostIp,
      hostIPs: [{ ip: hostIp }],
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: startedAt,
      conditions: ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
        .map((type) => condition(type, nowWall)),
      containerStatuses: pod.containers.map(({ name, image }) => ({
        name,
        image,
        imageID: "lanlord-demo://whoami",
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt } },
      })),
    },
  };
}

function condition(type: string, nowWall: number, reason?: string, message?: string): JsonObject {
  return {
    type,
    status: "True",
    lastTransitionTime: rfc3339(nowWall),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
}

function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.[0-9]+Z$/, "Z");
}
