import type { Json, JsonObject } from "../../kube/types.ts";
import { apiVersionOf } from "./kind.ts";
import type { Kind } from "./kind.ts";
import { groupsOf, kindsAt, versionsOf } from "./registry.ts";

/** The version that the server says it is. */
export const SERVER_VERSION: JsonObject = {
  major: "1",
  minor: "36",
  emulationMajor: "1",
  emulationMinor: "36",
  minCompatibilityMajor: "1",
  minCompatibilityMinor: "35",
  gitVersion: "v1.36.3",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "",
  goVersion: "",
  compiler: "",
  platform: "linux/amd64",
};

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const SUBRESOURCE_VERBS = ["get", "patch", "update"];
const SCALE = { group: "autoscaling", version: "v1", kind: "Scale" };

/**
 * The document of a discovery path (`/api`, `/apis`, `/apis/<group>`, `/apis/<group>/<version>` …);
 * `undefined` for every other path.
 */
export function discoveryAt(path: string, kinds: readonly Kind[]): JsonObject | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  const [root, group, version, ...rest] = parts;
  if (rest.length > 0) return undefined;
  if (root === "api") {
    if (group === undefined) return CORE_VERSIONS;
    return version === undefined ? resourceList(kindsAt(kinds, group), group) : undefined;
  }
  if (root !== "apis") return undefined;
  if (group === undefined) {
    const groups = groupsOf(kinds).map((name) => groupDocument(kinds, name));
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  if (version === undefined) {
    if (!groupsOf(kinds).includes(group)) return undefined;
    return { kind: "APIGroup", apiVersion: "v1", ...groupDocument(kinds, group) };
  }
  const apiVersion = `${group}/${version}`;
  return resourceList(kindsAt(kinds, apiVersion), apiVersion);
}

const CORE_VERSIONS: JsonObject = {
  kind: "APIVersions",
  versions: ["v1"],
  serverAddressByClientCIDRs: [],
};

/** All groups and kinds in one document, for `/api` (the core group) or `/apis` (the others). */
export function aggregatedDiscovery(root: "api" | "apis", kinds: readonly Kind[]): JsonObject {
  const groups = root === "api" ? [""] : groupsOf(kinds);
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map((group) => ({
      metadata: { creationTimestamp: null, ...(group === "" ? {} : { name: group }) },
      versions: versionsOf(kinds, group).map((version) => ({
        version,
        freshness: "Current",
        resources: kinds.filter((kind) => kind.group === group && kind.version === version)
          .map(aggregatedResource),
      })),
    })),
  };
}

function aggregatedResource(kind: Kind): Json {
  const responseKind = { group: kind.group, version: kind.version, kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.scope,
    singularResource: kind.singular,
    verbs: VERBS,
    ...lists(kind),
    ...(kind.subresources.length === 0 ? {} : {
      subresources: kind.subresources.map((subresource) => ({
        subresource,
        responseKind: subresource === "scale" ? SCALE : responseKind,
        verbs: SUBRESOURCE_VERBS,
      })),
    }),
  };
}

function groupDocument(kinds: readonly Kind[], name: string): JsonObject {
  const versions = versionsOf(kinds, name)
    .map((version) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions, preferredVersion: versions[0] ?? null };
}

function resourceList(kinds: readonly Kind[], groupVersion: string): JsonObject | undefined {
  if (kinds.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: kinds.flatMap((kind): readonly Json[] => [
      resource(kind, kind.plural, VERBS),
      ...kind.subresources.map((name) => subresource(kind, name)),
    ]),
  };
}

function resource(kind: Kind, name: string, verbs: readonly string[]): JsonObject {
  return {
    name,
    singularName: kind.singular,
    namespaced: kind.scope === "Namespaced",
    kind: kind.kind,
    verbs,
    ...lists(kind),
  };
}

function subresource(kind: Kind, name: string): JsonObject {
  return {
    name: `${kind.plural}/${name}`,
    singularName: "",
    namespaced: kind.scope === "Namespaced",
    ...(name === "scale" ? SCALE : { kind: kind.kind }),
    verbs: SUBRESOURCE_VERBS,
  };
}

function lists(kind: Kind): JsonObject {
  return {
    ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
    ...(kind.categories.length === 0 ? {} : { categories: kind.categories }),
  };
}

/** `api/v1`, `apis/apps/v1`: where the OpenAPI documents of an `apiVersion` stand. */
export function openApiKey(kind: Kind): string {
  return kind.group === "" ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`;
}
