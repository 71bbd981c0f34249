import assert from "node:assert/strict";
import type { Deployment, ReplicaSet } from "./objects.ts";
import { metaOf, nodeOf, podOf } from "./testing.ts";
import { planWorkloads, type Workloads } from "./workloads.ts";
import { shortName, type Write } from "./write.ts";

const template = { metadata: { labels: { app: "whoami" } }, spec: { containers: [] } };
const hash = shortName(JSON.stringify(template), 9);

const deployment: Deployment = {
  meta: metaOf("whoami"),
  generation: 1,
  replicas: 2,
  matchLabels: { app: "whoami" },
  template,
  status: {},
};

const replicaSet: ReplicaSet = {
  meta: metaOf(`whoami-${hash}`),
  ownerUid: deployment.meta.uid,
  generation: 1,
  replicas: 2,
  template,
  status: {},
};

const empty: Workloads = {
  deployments: [],
  replicaSets: [],
  pods: [],
  nodes: [nodeOf(1), nodeOf(2)],
};
const owned = { ownerUid: replicaSet.meta.uid };

interface Row {
  readonly name: string;
  readonly world: Partial<Workloads>;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  {
    name: "a new Deployment gets a ReplicaSet",
    world: { deployments: [deployment] },
    want: [`create ReplicaSet whoami-${hash}`, "patch Deployment whoami"],
  },
  {
    name: "a ReplicaSet gets pods on different nodes",
    world: { deployments: [deployment], replicaSets: [replicaSet] },
    want: ["patch Deployment whoami", "create Pod on n1", "create Pod on n2"],
  },
  {
    name: "without a ready node pods wait for one",
    world: { replicaSets: [{ ...replicaSet, ownerUid: undefined, replicas: 1 }], nodes: [] },
    want: ["create Pod on nothing"],
  },
  {
    name: "of too many pods those go that do not serve",
    world: {
      replicaSets: [{ ...replicaSet, ownerUid: undefined, replicas: 1 }],
      pods: [podOf("a", { ...owned, isReady: false }), podOf("b", owned)],
    },
    want: ["delete Pod a", `patch ReplicaSet whoami-${hash}`],
  },
  {
    name: "a changed template replaces the ReplicaSet",
    world: {
      deployments: [deployment],
      replicaSets: [{ ...replicaSet, meta: metaOf("whoami-old"), replicas: 0 }],
    },
    want: [
      "delete ReplicaSet whoami-old",
      `create ReplicaSet whoami-${hash}`,
      "patch Deployment whoami",
    ],
  },
  {
    name: "what belonged to something that is gone goes too",
    world: {
      replicaSets: [{ ...replicaSet, replicas: 0 }],
      pods: [podOf("a", { ownerUid: "gone" })],
    },
    want: [`delete ReplicaSet whoami-${hash}`, "delete Pod a"],
  },
  {
    name: "a pod of a person's gets the emptiest node",
    world: { pods: [podOf("a"), podOf("b", { nodeName: undefined })] },
    want: ["bind b to n2"],
  },
];

Deno.test("planWorkloads()", async (t) => {
  for (const { name, world, want } of rows) {
    await t.step(name, () => {
      const writes = planWorkloads({ ...empty, ...world });
      assert.deepEqual(writes.filter(isNoEmptyStatus).map(textOf), want);
    });
  }
});

Deno.test("planWorkloads() names pods the same when it looks twice at the same", () => {
  const world = { ...empty, replicaSets: [{ ...replicaSet, ownerUid: undefined }] };
  const names = planWorkloads(world).map(({ name }) => name);
  assert.deepEqual(planWorkloads(world).map(({ name }) => name), names);
  assert.equal(new Set(names).size, names.length);
});

/** The status of a ReplicaSet without pods says nothing but its generation. */
function isNoEmptyStatus(write: Write): boolean {
  return write.kind !== "patch" || write.of.kind !== "ReplicaSet" ||
    !JSON.stringify(write.body).includes('"replicas":0');
}

function textOf(write: Write): string {
  if (write.kind === "bind") return `bind ${write.name} to ${write.nodeName}`;
  if (write.kind === "create" && write.of.kind === "Pod") {
    const spec = JSON.stringify(write.body["spec"]);
    return `create Pod on ${/"nodeName":"(?<node>\w+)"/.exec(spec)?.groups?.["node"] ?? "nothing"}`;
  }
  return `${write.kind} ${write.of.kind} ${write.name}`;
}
