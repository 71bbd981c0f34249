import { deepEqual, equal } from "node:assert/strict";
import { formatMicroTime, formatTime, mergePatch } from "./patch.ts";
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

Deno.test("formatTime() and formatMicroTime() write what the API reads", () => {
  equal(formatTime(1_700_000_000_123), "2023-11-14T22:13:20Z");
  equal(formatMicroTime(1_700_000_000_123), "2023-11-14T22:13:20.123000Z");
});
