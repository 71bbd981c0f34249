import { deepEqual, equal, ok } from "node:assert/strict";
import { type Api, createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type JsonObject } from "../kube/mod.ts";
import { silentLog } from "../kube/testing.ts";
import { systemClock } from "../ops/clock.ts";
import { type ApiSnapshot, ApiView } from "./api_view.ts";

const NAMESPACE = "metallb-system";

/** A view of an API in memory, and what it asked for. */
interface Stage extends AsyncDisposable {
  readonly api: Api;
  readonly view: ApiView;
  /** What was asked for, once it is so much, without what changes from run to run. */
  asked(count: number): Promise<readonly string[]>;
  /** How often the view said that something has changed. */
  readonly rings: () => number;
  /** The first snapshot that is as it should be. */
  until(isReached: (snapshot: ApiSnapshot) => boolean): Promise<ApiSnapshot>;
}

function openStage(...objects: readonly JsonObject[]): Stage {
  const entries: string[] = [];
  const api = createApi({
    requestLog: ({ method, path }) => {
      if (method !== "GET") return;
      const url = new URL(path, "http://api.test");
      const { watch, fieldSelector, labelSelector } = Object.fromEntries(url.searchParams);
      const verb = watch === undefined ? "list" : "watch";
      const what = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
      entries.push([verb, what, fieldSelector, labelSelector].filter(Boolean).join(" "));
    },
  });
  api.load([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: NAMESPACE, name: "config" },
      data: { config: "address-pools: [{name: p, protocol: layer2, addresses: [10.0.0.0/24]}]" },
    },
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    ...objects,
  ]);
  const kube = createClient(anonymousCredentials("http://api.test"), { fetch: api.fetch });
  const stop = new AbortController();
  let rings = 0;
  let news = Promise.withResolvers<void>();
  const onChange = (): void => {
    rings++;
    news.resolve();
    news = Promise.withResolvers();
  };
  const options = { namespace: NAMESPACE, configMapName: "config", lbClass: "" };
  const metrics = { looked: () => {}, failed: () => {}, configuration: () => {} };
  const deps = { kube, clock: systemClock, random: () => 0, log: silentLog, onChange, metrics };
  const view = new ApiView(options, deps, stop.signal);
  return {
    api,
    view,
    asked: async (count) => {
      while (entries.length < count) await systemClock.sleep(5, AbortSignal.timeout(60_000));
      return entries.toSorted();
    },
    rings: () => rings,
    until: async (isReached) => {
      for (;;) {
        const { promise } = news;
        const snapshot = view.snapshot();
        if (snapshot !== undefined && isReached(snapshot)) return snapshot;
        await promise;
      }
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await view.ended();
      kube[Symbol.dispose]();
      api.stop();
    },
  };
}

function serviceObject(name: string, spec: JsonObject, ip: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name },
    spec: { ports: [{ port: 80 }], ...spec },
    status: { loadBalancer: { ingress: [{ ip }] } },
  };
}

const LOCAL = { type: "LoadBalancer", externalTrafficPolicy: "Local" } as const;

function sliceObject(service: string, nodeName: string): JsonObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace: "default",
      name: service,
      labels: { "kubernetes.io/service-name": service },
    },
    addressType: "IPv4",
    endpoints: [{ addresses: ["10.244.0.1"], nodeName }],
  };
}

async function patch(api: Api, path: string, body: JsonObject): Promise<void> {
  const headers = { "content-type": "application/merge-patch+json" };
  const init = { method: "PATCH", headers, body: JSON.stringify(body) };
  const response = await api.fetch(`http://api.test${path}`, init);
  ok(response.ok, await response.text());
}

function policies({ services }: ApiSnapshot): readonly string[] {
  return Array.from(services, ({ meta, externalTrafficPolicy: policy }) => `${meta.name} ${policy}`)
    .sort();
}

function nodesOf({ endpoints }: ApiSnapshot, service: string): readonly string[] | undefined {
  const nodes = endpoints.get(`default/${service}`);
  return nodes && [...nodes.ready];
}

Deno.test("ApiView asks for the objects that a speaker needs, and no others", async () => {
  await using stage = openStage(
    serviceObject("inside", { type: "ClusterIP" }, "10.0.0.9"),
    serviceObject("a", { type: "LoadBalancer" }, "10.0.0.1"),
    sliceObject("a", "n1"),
  );
  deepEqual(policies(await stage.until(() => true)), ["a Cluster"]);
  const kinds = [
    "configmaps metadata.name=config",
    "ipaddresspools",
    "l2advertisements",
    "leases lanlord.dev/presence",
    "nodes",
    "services spec.type=LoadBalancer",
  ];
  const custom = /ipaddresspools|l2advertisements/;
  const watched = kinds.filter((kind) => !custom.test(kind));
  const want = [
    ...kinds.map((kind) => `list ${kind}`),
    ...watched.map((kind) => `watch ${kind}`),
  ];
  deepEqual(await stage.asked(want.length), want);
});

Deno.test("ApiView asks for the endpoints of Services with policy Local alone", async () => {
  await using stage = openStage(
    serviceObject("a", LOCAL, "10.0.0.1"),
    serviceObject("b", { type: "LoadBalancer" }, "10.0.0.2"),
    sliceObject("a", "n1"),
    sliceObject("b", "n1"),
  );
  deepEqual(nodesOf(await stage.until(() => true), "a"), ["n1"]);
  const slices = (await stage.asked(12)).filter((line) => line.includes("endpointslices"));
  const selector = "endpointslices kubernetes.io/service-name in (a)";
  deepEqual(slices, [`list ${selector}`, `watch ${selector}`]);
});

Deno.test("ApiView shows a Service as it was until its endpoints are seen", async () => {
  await using stage = openStage(
    serviceObject("a", { type: "LoadBalancer" }, "10.0.0.1"),
    sliceObject("a", "n1"),
  );
  await stage.until(() => true);
  const end = stage.api.faults.add({ path: /endpointslices/, status: 503, times: Infinity });
  await patch(stage.api, "/api/v1/namespaces/default/services/a", { spec: LOCAL });
  stage.api.load([
    serviceObject("new", LOCAL, "10.0.0.2"),
    serviceObject("other", { type: "LoadBalancer" }, "10.0.0.3"),
  ]);
  const during = await stage.until(({ services }) => [...services].length === 2);
  deepEqual(policies(during), ["a Cluster", "other Cluster"]);
  end();
  const after = await stage.until(({ services }) => [...services].length === 3);
  deepEqual(policies(after), ["a Local", "new Local", "other Cluster"]);
  deepEqual([nodesOf(after, "a"), nodesOf(after, "new")], [["n1"], []]);
});

Deno.test("ApiView has no snapshot before the endpoints of a Service with policy Local are seen", async () => {
  await using stage = openStage(serviceObject("a", LOCAL, "10.0.0.1"), sliceObject("a", "n1"));
  const end = stage.api.faults.add({ path: /endpointslices/, status: 503, times: Infinity });
  while (!stage.view.isSynced) await systemClock.sleep(5, AbortSignal.timeout(60_000));
  equal(stage.view.snapshot(), undefined);
  end();
  deepEqual(nodesOf(await stage.until(() => true), "a"), ["n1"]);
});

Deno.test("ApiView tells of a node that has changed, not of one that reports that it is as it was", async () => {
  await using stage = openStage(serviceObject("a", { type: "LoadBalancer" }, "10.0.0.1"));
  await stage.until(() => true);
  const before = stage.rings();
  const ready = (lastHeartbeatTime: string): JsonObject => ({
    status: { conditions: [{ type: "Ready", status: "True", lastHeartbeatTime }] },
  });
  const status = "/api/v1/nodes/n1/status";
  await patch(stage.api, status, ready("2026-01-01T00:00:00Z"));
  await stage.until(({ nodes }) => [...nodes].some(({ conditions }) => conditions.length === 1));
  await patch(stage.api, status, ready("2026-01-01T00:05:00Z"));
  await patch(stage.api, "/api/v1/nodes/n1", { metadata: { annotations: { seen: "now" } } });
  await patch(stage.api, "/api/v1/nodes/n1", { spec: { unschedulable: true } });
  await stage.until(({ nodes }) => [...nodes].some(({ unschedulable }) => unschedulable));
  equal(stage.rings() - before, 2);
});
