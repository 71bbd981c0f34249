import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  CONFIG_MAPS,
  customResource,
  isAlreadyExists,
  isConflict,
  isForbidden,
  isNotFound,
  type Json,
  mergePatch,
  NODES,
  pathOf,
  SERVICES,
} from "../../../kube/mod.ts";
import { asObject, type Case, createConfigMap, namesOf, watchCache, type World } from "./world.ts";

export const OBJECT_CASES: readonly Case[] = [
  { name: "creates, reads and deletes an object", run: createReadDelete },
  { name: "refuses a second object of the same name", run: refuseSecond },
  { name: "lists page by page what there was at the start", run: listPages },
  { name: "selects by name and by label", run: selectObjects },
  { name: "refuses a patch of an object that has changed", run: refuseStale },
  { name: "merges a patch: null removes, lists are replaced", run: mergeFields },
  { name: "keeps spec and status apart", run: patchStatus },
  { name: "serves objects without a namespace", run: clusterScoped },
  { name: "tells forbidden from not found", run: refuseStranger },
];

async function createReadDelete({ kube, namespace, signal }: World): Promise<void> {
  const path = pathOf(CONFIG_MAPS, { namespace, name: "a" });
  await rejects(kube.request({ method: "GET", path }, signal), isNotFound);
  await createConfigMap(kube, namespace, "a", { value: "1" }, signal);
  const read = CONFIG_MAPS.parse(asObject(await kube.request({ method: "GET", path }, signal)));
  deepEqual(read?.data, { value: "1" });
  ok(read.meta.uid !== "" && read.meta.resourceVersion !== "");
  await kube.request({ method: "DELETE", path }, signal);
  await rejects(kube.request({ method: "GET", path }, signal), isNotFound);
}

async function refuseSecond({ kube, namespace, signal }: World): Promise<void> {
  await createConfigMap(kube, namespace, "a", {}, signal);
  await rejects(createConfigMap(kube, namespace, "a", {}, signal), isAlreadyExists);
}

async function listPages({ kube, namespace, signal }: World): Promise<void> {
  const names = ["a", "b", "c", "d", "e"];
  for (const name of names) await createConfigMap(kube, namespace, name, {}, signal);
  const path = pathOf(CONFIG_MAPS, { namespace });
  const seen: string[] = [];
  const versions = new Set<Json | undefined>();
  let next = "";
  do {
    const query = { limit: "2", ...(next === "" ? {} : { continue: next }) };
    const page = asObject(await kube.request({ method: "GET", path, query }, signal));
    const items = namesOf(page).filter((name) => name.length === 1);
    ok(items.length <= 2);
    seen.push(...items);
    versions.add(asObject(page["metadata"])["resourceVersion"]);
    next = String(asObject(page["metadata"])["continue"] ?? "");
    if (next !== "") {
      await createConfigMap(kube, namespace, `later-${seen.length}`, {}, signal);
    }
  } while (next !== "");
  deepEqual(seen, names);
  equal(versions.size, 1, "all pages are of one resource version");
}

async function selectObjects({ kube, namespace, signal }: World): Promise<void> {
  await createConfigMap(kube, namespace, "a", {}, signal, { app: "web" });
  await createConfigMap(kube, namespace, "b", {}, signal, { app: "db" });
  const path = pathOf(CONFIG_MAPS, { namespace });
  const queries: readonly Readonly<Record<string, string>>[] = [
    { fieldSelector: "metadata.name=a" },
    { labelSelector: "app=web" },
  ];
  for (const query of queries) {
    deepEqual(namesOf(await kube.request({ method: "GET", path, query }, signal)), ["a"]);
  }
  await using watched = watchCache(kube, CONFIG_MAPS, {
    namespace,
    fieldSelector: "metadata.name=b",
  }, signal);
  await watched.until((cache) => cache.objects.has(`${namespace}/b`));
  equal(watched.cache.objects.size, 1);
}

async function refuseStale({ kube, other, namespace, signal }: World): Promise<void> {
  const made = await createConfigMap(kube, namespace, "a", {}, signal);
  const meta = CONFIG_MAPS.parse(asObject(made))?.meta;
  ok(meta);
  await other.request(mergePatch(CONFIG_MAPS, meta, { data: { value: "2" } }), signal);
  const late = { data: { value: "late" } };
  await rejects(kube.request(mergePatch(CONFIG_MAPS, meta, late), signal), isConflict);
  const metadata = { name: "a", resourceVersion: meta.resourceVersion };
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata, data: {} };
  const path = pathOf(CONFIG_MAPS, { namespace, name: "a" });
  await rejects(kube.request({ method: "PUT", path, body }, signal), isConflict);
}

async function mergeFields({ kube, namespace, signal }: World): Promise<void> {
  await createConfigMap(kube, namespace, "a", { keep: "1", drop: "1", change: "1" }, signal);
  const changes = {
    metadata: { annotations: { note: "x" }, finalizers: ["example.com/a", "example.com/b"] },
    data: { drop: null, change: "2", add: "3" },
  };
  const target = { namespace, name: "a" };
  await kube.request(mergePatch(CONFIG_MAPS, target, changes), signal);
  const last = { metadata: { finalizers: ["example.com/c"] } };
  const read = asObject(await kube.request(mergePatch(CONFIG_MAPS, target, last), signal));
  deepEqual(CONFIG_MAPS.parse(read)?.data, { keep: "1", change: "2", add: "3" });
  deepEqual(asObject(read["metadata"])["annotations"], { note: "x" });
  deepEqual(asObject(read["metadata"])["finalizers"], ["example.com/c"]);
  await kube.request(mergePatch(CONFIG_MAPS, target, { metadata: { finalizers: null } }), signal);
}

async function patchStatus({ kube, namespace, signal }: World): Promise<void> {
  const spec = { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: "web" } };
  const body = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec };
  await kube.request({ method: "POST", path: pathOf(SERVICES, { namespace }), body }, signal);
  const target = { namespace, name: "web" };
  const ingress = [{ ip: "192.0.2.1" }];
  const both = { spec: { selector: { app: "db" } }, status: { loadBalancer: { ingress } } };
  const one = await kube.request(mergePatch(SERVICES, target, both), signal);
  deepEqual(SERVICES.parse(asObject(one))?.ingress, [], "the object's own path leaves the status");
  const back = { ...both, spec: { selector: { app: "web" } } };
  const two = SERVICES.parse(
    asObject(await kube.request(mergePatch(SERVICES, target, back, "status"), signal)),
  );
  deepEqual(two?.ingress, [{ ip: "192.0.2.1", hostname: undefined }]);
  deepEqual(two.selector, { app: "db" }, "the status path leaves the spec");
}

async function clusterScoped({ kube, namespace, signal }: World): Promise<void> {
  const name = `node-${namespace}`;
  const body = { apiVersion: "v1", kind: "Node", metadata: { name } };
  await kube.request({ method: "POST", path: pathOf(NODES), body }, signal);
  const conditions = [{ type: "Ready", status: "True", reason: "R", message: "m" }];
  const target = { namespace: "", name };
  await kube.request(mergePatch(NODES, target, { status: { conditions } }, "status"), signal);
  await using watched = watchCache(kube, NODES, { fieldSelector: `metadata.name=${name}` }, signal);
  await watched.until((cache) => cache.isSynced);
  deepEqual(watched.cache.objects.get(name)?.conditions, [{ type: "Ready", status: "True" }]);
  await kube.request({ method: "DELETE", path: pathOf(NODES, { name }) }, signal);
  await watched.until((cache) => cache.objects.size === 0);
}

async function refuseStranger({ kube, stranger, namespace, signal }: World): Promise<void> {
  const path = pathOf(CONFIG_MAPS, { namespace });
  if (stranger !== undefined) {
    await rejects(stranger.request({ method: "GET", path }, signal), isForbidden);
  }
  const unknown = customResource("example.com/v1", "Nothing", "nothings");
  const missing = { method: "GET", path: pathOf(unknown, { namespace }) } as const;
  await rejects(kube.request(missing, signal), isNotFound);
}
