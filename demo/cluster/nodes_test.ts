import assert from "node:assert/strict";
import type { Lease } from "../../kube/types.ts";
import { planNodes } from "./nodes.ts";
import { metaOf, nodeOf, podOf } from "./testing.ts";

const NOW = Date.parse("2026-01-01T00:01:00Z");
const patience = { notReadyAfterMs: 3_000, evictAfterMs: 6_000 };
const pods = [
  podOf("mine", { ownerUid: "set" }),
  podOf("alone"),
  podOf("elsewhere", { nodeName: "n2" }),
];

interface Row {
  readonly name: string;
  readonly isReady: boolean;
  readonly renewed: string | undefined;
  readonly readySince?: string;
  readonly want: readonly string[];
}

const rows: readonly Row[] = [
  { name: "it speaks", isReady: true, renewed: "2026-01-01T00:00:58.000000Z", want: [] },
  {
    name: "it fell silent",
    isReady: true,
    renewed: "2026-01-01T00:00:56Z",
    want: ["patch n1 Unknown"],
  },
  { name: "it never spoke", isReady: true, renewed: undefined, want: ["patch n1 Unknown"] },
  {
    name: "it speaks again",
    isReady: false,
    renewed: "2026-01-01T00:00:59Z",
    want: ["patch n1 True"],
  },
  {
    name: "it has been silent for a short time",
    isReady: false,
    renewed: "2026-01-01T00:00:50Z",
    readySince: "2026-01-01T00:00:55Z",
    want: [],
  },
  {
    name: "it has been silent for long: pods that somebody replaces go",
    isReady: false,
    renewed: "2026-01-01T00:00:00Z",
    readySince: "2026-01-01T00:00:50Z",
    want: ["delete mine"],
  },
];

Deno.test("planNodes()", async (t) => {
  for (const { name, isReady, renewed, readySince = "", want } of rows) {
    await t.step(name, () => {
      const nodes = [nodeOf(1, { isReady, readySince })];
      const leases = renewed === undefined ? [] : [leaseOf(renewed)];
      const writes = planNodes({ nodes, leases, pods }, NOW, patience);
      const texts = writes.map((write) => {
        const status = /"status":"(?<status>\w+)"/.exec(JSON.stringify(write))?.groups?.["status"];
        return `${write.kind} ${write.name}${status === undefined ? "" : ` ${status}`}`;
      });
      assert.deepEqual(texts, want);
    });
  }
});

function leaseOf(renewTime: string): Lease {
  return {
    meta: metaOf("n1", { namespace: "kube-node-lease" }),
    holderIdentity: "n1",
    leaseDurationSeconds: 3,
    acquireTime: undefined,
    renewTime,
    leaseTransitions: 0,
  };
}
