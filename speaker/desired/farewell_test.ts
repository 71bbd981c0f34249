import assert from "node:assert/strict";
import { type Farewell, farewell, type OwnNode } from "./farewell.ts";
import { nodeOf } from "../testing.ts";

interface Row {
  readonly name: string;
  readonly own: OwnNode;
  readonly releaseOnExit?: boolean;
  readonly want: Farewell;
}

const there = (...change: readonly [change?: Parameters<typeof nodeOf>[1]]): OwnNode => ({
  kind: "there",
  node: nodeOf("n1", ...change),
});
const deleted = nodeOf("n1");
const ready = (status: string): OwnNode => there({ conditions: [{ type: "Ready", status }] });

const rows: readonly Row[] = [
  { name: "a plain restart", own: there(), want: "keep" },
  { name: "a plain restart, on request", own: there(), releaseOnExit: true, want: "hand-over" },
  { name: "the API has not answered yet", own: { kind: "unknown" }, want: "keep" },
  {
    name: "the same, on request",
    own: { kind: "unknown" },
    releaseOnExit: true,
    want: "hand-over",
  },
  { name: "the Node is gone", own: { kind: "gone" }, want: "hand-over" },
  {
    name: "the Node is being deleted",
    own: {
      kind: "there",
      node: { ...deleted, meta: { ...deleted.meta, deletionTimestamp: "2026-01-01T00:00:00Z" } },
    },
    want: "hand-over",
  },
  { name: "cordoned", own: there({ unschedulable: true }), want: "hand-over" },
  { name: "ready", own: ready("True"), want: "keep" },
  { name: "shutting down", own: ready("False"), want: "hand-over" },
  { name: "the kubelet has not been heard of", own: ready("Unknown"), want: "keep" },
  ...[
    ["node.kubernetes.io/unschedulable", "hand-over"],
    ["node.kubernetes.io/out-of-service", "hand-over"],
    ["node.cloudprovider.kubernetes.io/shutdown", "hand-over"],
    ["ToBeDeletedByClusterAutoscaler", "hand-over"],
    ["karpenter.sh/disrupted", "hand-over"],
    ["DeletionCandidateOfClusterAutoscaler", "keep"],
    ["node.kubernetes.io/memory-pressure", "keep"],
    ["node-role.kubernetes.io/control-plane", "keep"],
  ].map(([key = "", want]): Row => ({
    name: `taint ${key}`,
    own: there({ taints: [key] }),
    want: want === "keep" ? "keep" : "hand-over",
  })),
];

Deno.test("farewell() hands over where the node says that it is for good", async (t) => {
  for (const { name, own, releaseOnExit = false, want } of rows) {
    await t.step(name, () => assert.equal(farewell(own, { releaseOnExit }), want));
  }
});
