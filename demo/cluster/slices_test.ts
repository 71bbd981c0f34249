import assert from "node:assert/strict";
import { BACKEND_SLICES, type BackendSlice } from "./objects.ts";
import { planSlices, type SlicesView } from "./slices.ts";
import { metaOf, nodeOf, podOf, serviceOf } from "./testing.ts";

const view: SlicesView = {
  services: [serviceOf("whoami")],
  slices: [],
  pods: [podOf("a"), podOf("other", { meta: metaOf("other", { labels: { app: "other" } }) })],
  nodes: [nodeOf(1)],
};

/** The slice as the API serves it after the first plan was carried out. */
function made(from: SlicesView): BackendSlice {
  const [write] = planSlices(from);
  assert.ok(write?.kind === "create");
  const labels = {
    "kubernetes.io/service-name": "whoami",
    "endpointslice.kubernetes.io/managed-by": "lanlord-demo",
  };
  const metadata = { name: write.name, namespace: "default", uid: "uid-slice", labels };
  const slice = BACKEND_SLICES.parse({ ...write.body, metadata });
  assert.ok(slice);
  return slice;
}

Deno.test("planSlices() makes a slice with the pods that the Service selects", () => {
  const { backends, ports, service } = made(view);
  assert.equal(service, "default/whoami");
  assert.deepEqual(ports, [{ name: "", protocol: "TCP", port: 8080 }]);
  assert.deepEqual(backends.map(({ podName, isReady }) => ({ podName, isReady })), [
    { podName: "a", isReady: true },
  ]);
});

Deno.test("planSlices() does nothing where the slice is as it should be", () => {
  assert.deepEqual(planSlices({ ...view, slices: [made(view)] }), []);
});

Deno.test("planSlices() takes out the pods of a node that is not ready", () => {
  const slices = [made(view)];
  const writes = planSlices({ ...view, slices, nodes: [nodeOf(1, { isReady: false })] });
  assert.equal(writes.length, 1);
  assert.match(JSON.stringify(writes), /"ready":false/);
});

Deno.test("planSlices() removes the slice of a Service that is gone, and leaves those of others", () => {
  const own = made(view);
  const foreign = { ...own, meta: metaOf("foreign") };
  const writes = planSlices({ ...view, services: [], slices: [own, foreign] });
  assert.deepEqual(writes.map(({ kind, name }) => ({ kind, name })), [
    { kind: "delete", name: own.meta.name },
  ]);
});
