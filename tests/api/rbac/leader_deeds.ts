/** What users ask of a leader. */
import { isObject, objectAt, objectsAt, stringAt } from "../../../kube/json.ts";
import type { JsonObject } from "../../../kube/types.ts";
import { CONFLICTS_ANNOTATION, PRESENCE_LABEL } from "../../../config/presence.ts";
import type { Deed } from "./deed.ts";
import type { RightsStage } from "./stage.ts";

const POOL_ANNOTATION = "metallb.io/address-pool";

export const ASSIGNED: Deed = {
  name: "a Service gets its address",
  before: (stage) => stage.createService("web"),
  isDone: (stage) => hasAddress(stage, "web"),
};

export const ASSIGNED_LATER: Deed = {
  name: "a Service that comes later gets its address",
  act: (stage) => stage.createService("web"),
  isDone: (stage) => hasAddress(stage, "web"),
};

export const NAMESPACE_LABELLED: Deed = {
  name: "a Namespace that is labelled gets the pool for that label",
  before: async (stage) => {
    const namespaceSelectors = [{ matchLabels: { tier: "gold" } }];
    await stage.admin.create("IPAddressPool", "gold", {
      spec: { addresses: [stage.range(2)], serviceAllocation: { namespaceSelectors } },
    });
    await askFor(stage, "web", "gold");
  },
  act: (stage) =>
    stage.admin.patch("Namespace", stage.namespace, { metadata: { labels: { tier: "gold" } } }),
  isDone: (stage) => hasAddress(stage, "web"),
};

export const CONFIG_MAP_CHANGED: Deed = {
  name: "a pool that is added to the ConfigMap is used",
  before: (stage) => askFor(stage, "web", "more"),
  act: (stage) => stage.admin.patch("ConfigMap", "config", { data: { config: morePools(stage) } }),
  isDone: (stage) => hasAddress(stage, "web"),
};

export const POOL_ADDED: Deed = {
  name: "a pool that is added as an object is used",
  before: (stage) => askFor(stage, "web", "more"),
  act: (stage) =>
    stage.admin.create("IPAddressPool", "more", { spec: { addresses: [stage.range(2)] } }),
  isDone: (stage) => hasAddress(stage, "web"),
};

export const ADVERTISEMENT_FAULT: Deed = {
  name: "an L2Advertisement that names no pool is told of",
  act: (stage) =>
    stage.admin.create("L2Advertisement", "typo", { spec: { ipAddressPools: ["lam"] } }),
  isDone: (stage) => isTold(stage, "typo", /"lam"/),
};

export const BGP_FAULT: Deed = {
  name: "a fault among BGP's objects is told of",
  before: (stage) =>
    stage.admin.create("BGPAdvertisement", "typo", { spec: { ipAddressPools: ["lam"] } }),
  isDone: (stage) => isTold(stage, "typo", /"lam"/),
};

export const BGP_ADVERTISEMENT_FAULT: Deed = {
  name: "a fault of a new BGPAdvertisement is told of",
  act: (stage) =>
    stage.admin.create("BGPAdvertisement", "typo", { spec: { ipAddressPools: ["lam"] } }),
  isDone: (stage) => isTold(stage, "typo", /"lam"/),
};

export const BGP_PEER_FAULT: Deed = {
  name: "a fault of a new BGPPeer is told of",
  act: (stage) => stage.admin.create("BGPPeer", "router", { spec: peerSpec(stage) }),
  isDone: (stage) => isTold(stage, "router", /no BFDProfile.*"fast"/),
};

export const BFD_PROFILE_ADDED: Deed = {
  name: "a new BFDProfile is told of among what has no effect",
  before: (stage) =>
    stage.admin.create("BGPAdvertisement", "lan", { spec: { ipAddressPools: ["lan"] } }),
  act: async (stage) => {
    await stage.until("that is told of", () => isTold(stage, "lan", /so this has no effect/));
    await stage.admin.create("BFDProfile", "fast", { spec: {} });
  },
  isDone: (stage) => isTold(stage, "lan", /this and 1 more object/),
};

export const COMMUNITY_FAULT: Deed = {
  name: "a community that is defined twice is told of",
  act: async (stage) => {
    for (const name of ["one", "two"]) {
      await stage.admin.create("Community", name, {
        spec: { communities: [{ name: "same", value: "64512:1" }] },
      });
    }
  },
  isDone: (stage) => isTold(stage, "two", /"same"/),
};

export const LEASE_TAKEN: Deed = {
  name: "a leader takes over from one that is gone",
  before: async (stage) => {
    const at = "2026-01-01T00:00:00.000000Z";
    const spec = {
      holderIdentity: "gone",
      leaseDurationSeconds: 1,
      renewTime: at,
      acquireTime: at,
    };
    await stage.admin.create("Lease", "lanlord-leader", { spec });
    await stage.createService("web");
  },
  isDone: (stage) => hasAddress(stage, "web"),
};

export const QUARANTINED: Deed = {
  name: "an address that a stranger uses is replaced",
  before: (stage) => stage.createService("web"),
  act: async (stage) => {
    await stage.until("an address", () => hasAddress(stage, "web"));
    const address = await addressOf(stage, "web");
    const since = "2026-01-01T00:00:00Z";
    const conflicts = [{ address, mac: "02:00:00:00:00:99", interface: "eth0", since }];
    await stage.admin.create("Lease", "lanlord-speaker-n1", {
      metadata: {
        labels: { [PRESENCE_LABEL]: "speaker" },
        annotations: { [CONFLICTS_ANNOTATION]: JSON.stringify({ conflicts }) },
      },
      spec: { holderIdentity: "n1" },
    });
  },
  isDone: async (stage) => await addressOf(stage, "web") !== await reportedOf(stage),
};

export const TOLD: Deed = {
  name: "kubectl describe shows what became of a Service",
  before: (stage) => stage.createService("web"),
  isDone: (stage) => isTold(stage, "web", /^IPAllocated: /),
};

export const TOLD_AGAIN: Deed = {
  name: "kubectl describe shows that it happened again",
  before: (stage) => stage.createService("web"),
  act: async (stage) => {
    await stage.until("the first time", () => isTold(stage, "web", /^IPAllocated: /));
    await stage.admin.patch("Service", "web", {
      spec: { type: "ClusterIP", loadBalancerClass: null },
    });
    await stage.until("it has none", async () => !await hasAddress(stage, "web"));
    const loadBalancerClass = `example.org/${stage.namespace}`;
    await stage.admin.patch("Service", "web", {
      spec: { type: "LoadBalancer", loadBalancerClass },
    });
    await stage.until("the second time", () => hasAddress(stage, "web"));
  },
  isDone: async (stage) =>
    (await stage.admin.told("web")).some(({ text, count }) =>
      text.startsWith("IPAllocated: ") && count === 2
    ),
};

export const POOL_USE: Deed = {
  name: "kubectl get ipaddresspools shows how full each is",
  before: (stage) => askFor(stage, "web", "lan"),
  isDone: async (stage) => {
    const pool = await stage.admin.read("IPAddressPool", "lan") ?? {};
    return objectAt(pool, "status")["assignedIPv4"] === 1;
  },
};

export const STATE: Deed = {
  name: "the ConfigurationState says whether the configuration is used",
  isDone: (stage) => hasResult(stage, "controller", "Valid"),
};

export const STATE_AFTER_EDIT: Deed = {
  name: "the ConfigurationState stays true after somebody else edited it",
  act: async (stage) => {
    await stage.until("it is there", () => hasResult(stage, "controller", "Valid"));
    await editState(stage, "controller");
  },
  isDone: (stage) => hasResult(stage, "controller", "Invalid"),
};

/** Somebody else writes the object, then the configuration breaks. */
export async function editState(stage: RightsStage, name: string): Promise<void> {
  const annotations = { "example.org/seen-by": "somebody" };
  await stage.admin.patch("ConfigurationState", name, { metadata: { annotations } });
  await stage.admin.create("IPAddressPool", "twice", { spec: { addresses: [stage.range(0)] } });
}

/** Whether a ConfigurationState has this result. */
export async function hasResult(stage: RightsStage, name: string, want: string): Promise<boolean> {
  const state = await stage.admin.read("ConfigurationState", name) ?? {};
  return stringAt(objectAt(state, "status"), "result") === want;
}

/** The ConfigMap with a second pool. */
export function morePools(stage: RightsStage): string {
  const pools = [["map", 1], ["more", 2]] as const;
  return JSON.stringify({
    "address-pools": pools.map(([name, number]) => (
      { name, protocol: "layer2", addresses: [stage.range(number)] }
    )),
  });
}

/** Whether an Event about the object of this name says this. */
export async function isTold(stage: RightsStage, about: string, text: RegExp): Promise<boolean> {
  return (await stage.admin.told(about)).some((told) => text.test(told.text));
}

function askFor(stage: RightsStage, name: string, pool: string): Promise<void> {
  return stage.createService(name, { annotations: { [POOL_ANNOTATION]: pool } });
}

async function hasAddress(stage: RightsStage, service: string): Promise<boolean> {
  return await addressOf(stage, service) !== undefined;
}

async function addressOf(stage: RightsStage, name: string): Promise<string | undefined> {
  const service = await stage.admin.read("Service", name) ?? {};
  const [first] = objectsAt(objectAt(objectAt(service, "status"), "loadBalancer"), "ingress");
  return isObject(first) ? stringAt(first, "ip") : undefined;
}

async function reportedOf(stage: RightsStage): Promise<string | undefined> {
  const lease = await stage.admin.read("Lease", "lanlord-speaker-n1") ?? {};
  const annotations = objectAt(objectAt(lease, "metadata"), "annotations");
  const { conflicts } = JSON.parse(stringAt(annotations, CONFLICTS_ANNOTATION) ?? "{}");
  return conflicts?.[0]?.address;
}

function peerSpec(stage: RightsStage): JsonObject {
  return {
    myASN: 64512,
    peerASN: 64513,
    peerAddress: stage.address(9, 1),
    bfdProfile: "fast",
  };
}
