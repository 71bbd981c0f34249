/** What users ask of a speaker. */
import { objectAt, stringAt } from "../../../kube/json.ts";
import type { JsonObject } from "../../../kube/types.ts";
import { parseMac } from "../../../ip/mac.ts";
import { PRESENCE_LABEL } from "../../../config/presence.ts";
import { INTERFACES_ANNOTATION } from "../../../speaker/desired/presence_lease.ts";
import { L2_STATUSES, l2StatusName, NODE_LABEL } from "../../../speaker/told/l2_status.ts";
import type { Deed } from "./deed.ts";
import { editState, hasResult, isTold, morePools } from "./leader_deeds.ts";
import type { RightsStage } from "./stage.ts";

const EXCLUDE_LABEL = "node.kubernetes.io/exclude-from-external-load-balancers";

export const HELD: Deed = {
  name: "the node holds the address of a Service",
  before: (stage) => createWeb(stage),
  isDone: (stage) => holds(stage),
};

export const HELD_LATER: Deed = {
  name: "the node holds the address of a Service that comes later",
  act: (stage) => createWeb(stage),
  isDone: (stage) => holds(stage),
};

export const NODE_EXCLUDED: Deed = {
  name: "a node that is labelled as excluded lets go of its addresses",
  before: (stage) => createWeb(stage),
  act: async (stage) => {
    await stage.until("the address is held", () => holds(stage));
    await exclude(stage, "");
  },
  isDone: async (stage) => !await holds(stage),
};

export const LOCAL_HELD: Deed = {
  name: "a node with an endpoint holds the address of a Service with policy Local",
  before: async (stage) => {
    await createSlice(stage);
    await createLocal(stage);
  },
  isDone: (stage) => holds(stage),
};

export const ENDPOINT_ADDED: Deed = {
  name: "a node that gets an endpoint holds the address of a Service with policy Local",
  before: (stage) => createLocal(stage),
  act: async (stage) => {
    await stage.untilListed("endpointslices");
    await createSlice(stage);
  },
  isDone: (stage) => holds(stage),
};

export const CONFIG_MAP_CHANGED: Deed = {
  name: "addresses of a pool that is added to the ConfigMap are held",
  before: (stage) => createWeb(stage, 2),
  act: (stage) => stage.admin.patch("ConfigMap", "config", { data: { config: morePools(stage) } }),
  isDone: (stage) => holds(stage, 2),
};

export const POOL_ADDED: Deed = {
  name: "addresses of a pool that is added as an object are held",
  before: async (stage) => {
    await createWeb(stage, 2);
    await stage.admin.create("L2Advertisement", "all", { spec: {} });
  },
  act: (stage) =>
    stage.admin.create("IPAddressPool", "more", { spec: { addresses: [stage.range(2)] } }),
  isDone: (stage) => holds(stage, 2),
};

export const ADVERTISEMENT_ADDED: Deed = {
  name: "addresses that a new L2Advertisement is for are held",
  before: async (stage) => {
    await createWeb(stage, 2);
    await stage.admin.create("IPAddressPool", "more", { spec: { addresses: [stage.range(2)] } });
  },
  act: (stage) => stage.admin.create("L2Advertisement", "all", { spec: {} }),
  isDone: (stage) => holds(stage, 2),
};

const NEIGHBOUR = "02:00:00:00:00:77";

export const NEIGHBOUR_KNOWN: Deed = {
  name: "another node that holds an address is not taken for a stranger",
  before: (stage) => {
    const mac = parseMac(NEIGHBOUR);
    if (mac !== undefined) stage.kernel.others.set(stage.address(0, 10), mac);
    return Promise.resolve();
  },
  act: async (stage) => {
    await stage.admin.create("Lease", `lanlord-speaker-${stage.namespace}-b`, {
      metadata: {
        labels: { [PRESENCE_LABEL]: "speaker" },
        annotations: {
          [INTERFACES_ANNOTATION]: JSON.stringify([
            { name: "eth0", mac: NEIGHBOUR, subnets: [`${stage.address(0, 0)}/16`] },
          ]),
        },
      },
      spec: { holderIdentity: `${stage.namespace}-b` },
    });
    await createWeb(stage);
    await stage.until("the speaker knows of the address", () => holderOf(stage) !== undefined);
  },
  isDone: (stage) => Promise.resolve(holderOf(stage)?.node === `${stage.namespace}-b`),
};

export const TOLD: Deed = {
  name: "kubectl describe shows the node that announces a Service",
  before: (stage) => createWeb(stage),
  isDone: (stage) => isTold(stage, "web", /^nodeAssigned: /),
};

export const TOLD_AGAIN: Deed = {
  name: "kubectl describe shows that a node announces a Service again",
  before: (stage) => createWeb(stage),
  act: async (stage) => {
    await stage.until("the first time", () => isTold(stage, "web", /^nodeAssigned: /));
    await exclude(stage, "");
    await stage.until("the address is not held", async () => !await holds(stage));
    await exclude(stage, null);
    await stage.until("the address is held", () => holds(stage));
  },
  isDone: async (stage) =>
    (await stage.admin.told("web")).some(({ text, count }) =>
      text.startsWith("nodeAssigned: ") && count === 2
    ),
};

export const STATUS: Deed = {
  name: "kubectl get servicel2statuses shows the node that announces a Service",
  before: (stage) => createWeb(stage),
  isDone: async (stage) => await nodeTold(stage) === stage.namespace,
};

export const STATUS_TAKEN_OVER: Deed = {
  name: "the ServiceL2Status of a node that is gone names the new one",
  before: async (stage) => {
    await stage.admin.create(L2_STATUSES.kind, statusName(stage), {
      metadata: {
        labels: {
          [NODE_LABEL]: "gone",
          "metallb.io/service-name": "web",
          "metallb.io/service-namespace": stage.namespace,
        },
      },
      spec: {},
      status: { node: "gone", serviceName: "web", serviceNamespace: stage.namespace },
    });
    await createWeb(stage);
  },
  isDone: async (stage) => await nodeTold(stage) === stage.namespace,
};

export const STATUS_REMOVED: Deed = {
  name: "the ServiceL2Status of a Service goes with its address",
  act: async (stage) => {
    await createWeb(stage);
    await stage.until("the status", async () => await nodeTold(stage) === stage.namespace);
    const status = { loadBalancer: { ingress: [] } };
    await stage.admin.patch("Service", "web", { status }, "status");
    await stage.until("the address is not held", async () => !await holds(stage));
  },
  isDone: async (stage) => await readStatus(stage) === undefined,
};

/** So many that they are not taken away one by one while the speaker stops. */
const MANY = 40;

export const STATUSES_LEFT_NONE: Deed = {
  name: "a node that is drained leaves no ServiceL2Status",
  before: async (stage) => {
    for (let i = 0; i < MANY; i++) {
      await stage.createService(`web-${i}`, { addresses: [stage.address(0, 10 + i)] });
    }
  },
  act: async (stage) => {
    await stage.until("all statuses", async () => await countStatuses(stage) === MANY);
    await drain(stage);
  },
  isDone: async (stage) => await countStatuses(stage) === 0,
};

export const PRESENCE_LEFT_NONE: Deed = {
  name: "a node that is drained is not counted on any more",
  before: (stage) => createWeb(stage),
  act: async (stage) => {
    await stage.until("the address is held", () => holds(stage));
    await drain(stage);
  },
  isDone: async (stage) => await readPresence(stage) === undefined,
};

export const STATE: Deed = {
  name: "the node's ConfigurationState says whether the configuration is used",
  isDone: (stage) => hasResult(stage, stateName(stage), "Valid"),
};

export const STATE_AFTER_EDIT: Deed = {
  name: "the node's ConfigurationState stays true after somebody else edited it",
  act: async (stage) => {
    await stage.until("it is there", () => hasResult(stage, stateName(stage), "Valid"));
    await editState(stage, stateName(stage));
  },
  isDone: (stage) => hasResult(stage, stateName(stage), "Invalid"),
};

/** The node is drained, and its speaker stopped. */
async function drain(stage: RightsStage): Promise<void> {
  await stage.admin.patch("Node", stage.namespace, { spec: { unschedulable: true } });
  await stage.until("it knows", () => stage.hasLogged('"addresses":"hand-over"'));
  await stage.stop();
}

/** Service `web`, with an address of this pool. */
function createWeb(stage: RightsStage, pool = 0, spec: JsonObject = {}): Promise<void> {
  return stage.createService("web", { addresses: [stage.address(pool, 10)], spec });
}

function createLocal(stage: RightsStage): Promise<void> {
  return createWeb(stage, 0, { externalTrafficPolicy: "Local" });
}

function createSlice(stage: RightsStage): Promise<void> {
  return stage.admin.create("EndpointSlice", "web-1", {
    metadata: { labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    endpoints: [
      { addresses: ["10.244.0.2"], nodeName: stage.namespace, conditions: { ready: true } },
    ],
  });
}

function holds(stage: RightsStage, pool = 0): Promise<boolean> {
  return Promise.resolve(stage.kernel.has(stage.address(pool, 10)));
}

function exclude(stage: RightsStage, value: string | null): Promise<void> {
  return stage.admin.patch("Node", stage.namespace, {
    metadata: { labels: { [EXCLUDE_LABEL]: value } },
  });
}

function readPresence(stage: RightsStage): Promise<JsonObject | undefined> {
  return stage.admin.read("Lease", `lanlord-speaker-${stage.namespace}`);
}

/** Who holds the Service's address instead, as the node's `/ownership` has it. */
function holderOf(stage: RightsStage): { readonly node?: string } | undefined {
  const [first] = JSON.parse(stage.served("/ownership") ?? "{}").addresses ?? [];
  return first?.holder;
}

function statusName({ namespace }: RightsStage): string {
  return l2StatusName({ namespace, name: "web" });
}

function readStatus(stage: RightsStage): Promise<JsonObject | undefined> {
  return stage.admin.read(L2_STATUSES.kind, statusName(stage));
}

async function countStatuses(stage: RightsStage): Promise<number> {
  return (await stage.admin.list(L2_STATUSES.kind)).length;
}

/** The node that the Service's ServiceL2Status names. */
async function nodeTold(stage: RightsStage): Promise<string | undefined> {
  return stringAt(objectAt(await readStatus(stage) ?? {}, "status"), "node");
}

function stateName({ namespace }: RightsStage): string {
  return `speaker-${namespace}`;
}
