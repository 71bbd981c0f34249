import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import {
  CONFIG_MAPS,
  customResource,
  isGone,
  type Json,
  type JsonObject,
  mergePatch,
  pathOf,
} from "../../../kube/mod.ts";
import {
  asObject,
  type Case,
  createConfigMap,
  untilFound,
  watchCache,
  type World,
} from "./world.ts";

export const WATCH_CASES: readonly Case[] = [
  { name: "watches from a resource version, everything after it and nothing before", run: resume },
  { name: "tells a watch where it stands, though nothing it selects has changed", run: bookmark },
  { name: "keeps a cache that follows additions, changes and deletions", run: followChanges },
  { name: "keeps a cache of a kind that is installed later", run: followInstalled },
  { name: "keeps a cache beyond the end of history", wants: "compact", run: followCompacted },
];

async function resume({ kube, namespace, signal }: World): Promise<void> {
  await createConfigMap(kube, namespace, "before", {}, signal);
  const path = pathOf(CONFIG_MAPS, { namespace });
  const resourceVersion = versionOf(await kube.request({ method: "GET", path }, signal));
  for (const name of ["a", "b"]) await createConfigMap(kube, namespace, name, {}, signal);
  await kube.request(mergePatch(CONFIG_MAPS, { namespace, name: "a" }, DATA), signal);
  await kube.request({ method: "DELETE", path: `${path}/b` }, signal);
  const query = { watch: "1", resourceVersion, timeoutSeconds: "30" };
  const seen: string[] = [];
  for await (const line of kube.stream({ method: "GET", path, query }, signal)) {
    const { type, object } = asObject(line);
    seen.push(`${type} ${asObject(asObject(object)["metadata"])["name"]}`);
    if (seen.length === 4) break;
  }
  deepEqual(seen, ["ADDED a", "ADDED b", "MODIFIED a", "DELETED b"]);
}

async function bookmark({ kube, namespace, signal }: World): Promise<void> {
  const resourceVersion = versionOf(await createConfigMap(kube, namespace, "a", {}, signal));
  await kube.request(mergePatch(CONFIG_MAPS, { namespace, name: "a" }, DATA), signal);
  const query = {
    watch: "1",
    allowWatchBookmarks: "true",
    fieldSelector: "metadata.name=a",
    resourceVersion,
    timeoutSeconds: "5",
  };
  const path = pathOf(CONFIG_MAPS, { namespace });
  const types = new Set<Json | undefined>();
  let other = "";
  let last = "";
  for await (const line of kube.stream({ method: "GET", path, query }, signal)) {
    const { type, object } = asObject(line);
    types.add(type);
    last = versionOf(object);
    if (type === "BOOKMARK" && Number(last) >= Number(other)) break;
    // The stream stands now, so that this comes after its beginning.
    if (other === "") other = versionOf(await createConfigMap(kube, namespace, "b", {}, signal));
  }
  deepEqual([...types], ["MODIFIED", "BOOKMARK"]);
  ok(Number(last) >= Number(other), `the last bookmark is at ${last}, wanted ${other} or later`);
}

async function followChanges({ kube, other, namespace, signal }: World): Promise<void> {
  await createConfigMap(other, namespace, "a", { value: "1" }, signal);
  await using watched = watchCache(kube, CONFIG_MAPS, { namespace }, signal);
  await watched.until((cache) => cache.objects.has(`${namespace}/a`));
  await createConfigMap(other, namespace, "b", {}, signal);
  await watched.until((cache) => cache.objects.has(`${namespace}/b`));
  await other.request(mergePatch(CONFIG_MAPS, { namespace, name: "a" }, DATA), signal);
  await watched.until((cache) => cache.objects.get(`${namespace}/a`)?.data["value"] === "2");
  const path = pathOf(CONFIG_MAPS, { namespace, name: "b" });
  await other.request({ method: "DELETE", path }, signal);
  await watched.until((cache) => !cache.objects.has(`${namespace}/b`));
}

async function followInstalled({ kube, namespace, signal }: World): Promise<void> {
  const group = `${namespace}.example.com`;
  const gadgets = customResource(`${group}/v1`, "Gadget", "gadgets");
  await using watched = watchCache(kube, gadgets, { namespace }, signal);
  await watched.until((cache) => cache.isSynced);
  equal(watched.cache.objects.size, 0);
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  await kube.request({ method: "POST", path, body: definitionOf(group) }, signal);
  const metadata = { name: "a" };
  const body = { apiVersion: `${group}/v1`, kind: "Gadget", metadata, spec: { size: 1 } };
  await untilFound(async () => {
    await kube.request({ method: "POST", path: pathOf(gadgets, { namespace }), body }, signal);
  }, signal);
  await watched.until((cache) => cache.objects.size === 1);
  deepEqual(watched.cache.objects.get(`${namespace}/a`)?.spec, { size: 1 });
  await kube.request({ method: "DELETE", path: `${path}/gadgets.${group}` }, signal);
  await watched.until((cache) => cache.objects.size === 0);
}

async function followCompacted({ kube, namespace, signal, compact }: World): Promise<void> {
  ok(compact);
  const resourceVersion = versionOf(await createConfigMap(kube, namespace, "a", {}, signal));
  await using watched = watchCache(kube, CONFIG_MAPS, { namespace }, signal);
  await watched.until((cache) => cache.objects.has(`${namespace}/a`));
  await createConfigMap(kube, namespace, "b", {}, signal);
  compact();
  const path = pathOf(CONFIG_MAPS, { namespace });
  const query = { watch: "1", resourceVersion, timeoutSeconds: "5" };
  await rejects(async () => {
    for await (const line of kube.stream({ method: "GET", path, query }, signal)) {
      const { type, object } = asObject(line);
      if (type === "ERROR" && asObject(object)["code"] === 410) throw new Error("gone");
    }
  }, (error) => isGone(error) || (error instanceof Error && error.message === "gone"));
  await createConfigMap(kube, namespace, "c", {}, signal);
  await watched.until((cache) => cache.objects.size >= 3);
}

const DATA: JsonObject = { data: { value: "2" } };

/** Of an object or of a list. */
function versionOf(json: Json | undefined): string {
  return String(asObject(asObject(json)["metadata"])["resourceVersion"]);
}

function definitionOf(group: string): JsonObject {
  const names = { plural: "gadgets", singular: "gadget", kind: "Gadget", listKind: "GadgetList" };
  const spec = { type: "object", properties: { size: { type: "integer" } } };
  const openAPIV3Schema = { type: "object", properties: { spec } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `gadgets.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names,
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
