import { deepEqual, equal } from "node:assert/strict";
import { formatMicroTime, formatTime, mergePatch, setCondition } from "./patch.ts";
import { NODES, SERVICES } from "./resources.ts";

Deno.test("mergePatch() adds the resource version to what changes in metadata", () => {
  const target = { namespace: "n", name: "web", resourceVersion: "7" };
  deepEqual(mergePatch(SERVICES, target, { metadata: { annotations: { a: null } } }), {
    method: "PATCH",
    path: "/api/v1/namespaces/n/services/web",
    contentType: "application/merge-patch+json",
    body: { metadata: { annotations: { a: null }, resourceVersion: "7" } },
  });
});

Deno.test("mergePatch() reaches cluster-scoped objects, and does not check where not asked to", () => {
  deepEqual(mergePatch(NODES, { namespace: "", name: "n1" }, { status: {} }, "status"), {
    method: "PATCH",
    path: "/api/v1/nodes/n1/status",
    contentType: "application/merge-patch+json",
    body: { status: {} },
  });
});

Deno.test("setCondition() keeps the transition time while the status stays", async (t) => {
  const ready = { type: "Ready", status: "True", reason: "R", message: "m" };
  const other = { ...ready, type: "Other", lastTransitionTime: "t0" };
  const before = [other, { ...ready, lastTransitionTime: "t1" }];
  const rows = [
    { name: "the same", wanted: ready, want: before },
    {
      name: "another message",
      wanted: { ...ready, message: "n" },
      want: [other, { ...ready, message: "n", lastTransitionTime: "t1" }],
    },
    {
      name: "another status",
      wanted: { ...ready, status: "False" },
      want: [other, { ...ready, status: "False", lastTransitionTime: "t2" }],
    },
    {
      name: "another type",
      wanted: { ...ready, type: "New" },
      want: [...before, { ...ready, type: "New", lastTransitionTime: "t2" }],
    },
  ];
  for (const { name, wanted, want } of rows) {
    await t.step(name, () => deepEqual(setCondition(before, wanted, "t2"), want));
  }
  equal(setCondition(before, ready, "t2"), before);
});

Deno.test("formatTime() and formatMicroTime() write what the API reads", () => {
  equal(formatTime(1_700_000_000_123), "2023-11-14T22:13:20Z");
  equal(formatMicroTime(1_700_000_000_123), "2023-11-14T22:13:20.123000Z");
});
