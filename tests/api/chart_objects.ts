import { equal } from "node:assert/strict";
import type { Json, JsonObject } from "../../kube/types.ts";
import type { ControlPlane } from "../control_plane/mod.ts";
import { NAMESPACE } from "../helm/helm.ts";

/** The kinds of the Prometheus operator that the chart makes; any object of theirs is taken. */
const MONITORING: Readonly<Record<string, string>> = {
  PodMonitor: "podmonitors",
  ServiceMonitor: "servicemonitors",
  PrometheusRule: "prometheusrules",
};

/** Makes the namespace and the kinds without which a dry run is refused. */
export async function prepare(controlPlane: ControlPlane): Promise<void> {
  const definitions = Object.entries(MONITORING).map(([kind, plural]) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: "monitoring.coreos.com",
      scope: "Namespaced",
      names: { kind, plural },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        },
      }],
    },
  }));
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
  const applied = await controlPlane.kubectl(
    ["apply", "-f", "-"],
    list([...definitions, namespace]),
  );
  equal(applied.code, 0, applied.stderr);
  const wait = ["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"];
  equal((await controlPlane.kubectl(wait)).code, 0);
}

/**
 * What the API server would keep of objects: with its defaults, and without what it adds of its own.
 *
 * @throws AssertionError where it refuses one
 */
export async function dryRun(
  controlPlane: ControlPlane,
  objects: readonly JsonObject[],
): Promise<readonly ServedObject[]> {
  const argv = ["apply", "--dry-run=server", "--validate=strict", "-o", "json", "-f", "-"];
  const { code, stdout, stderr } = await controlPlane.kubectl(argv, list(objects));
  equal(code, 0, stderr);
  return JSON.parse(stdout).items;
}

/** The part of an object that the tests look at. */
export interface ServedObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly {
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly groups?: readonly {
      readonly rules: readonly { readonly alert: string; readonly expr: string }[];
    }[];
    readonly template?: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

/** The part of a pod that the tests look at. */
export interface PodSpec {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly image: string;
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string }[];
    readonly ports: readonly { readonly containerPort: number }[];
    readonly securityContext: { readonly capabilities: { readonly add?: readonly string[] } };
    readonly volumeMounts?: readonly { readonly name: string }[];
  }[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations?: readonly unknown[];
}

/** The command line of the leader's container, by its key in the values, or of a speaker's. */
export function argumentsOf(
  objects: readonly JsonObject[],
  key: "controller" | "speaker",
): readonly string[] {
  const kind = key === "controller" ? "Deployment" : "DaemonSet";
  const served: readonly ServedObject[] = JSON.parse(JSON.stringify(objects));
  const pod = served.find((object) => object.kind === kind)?.spec?.template?.spec;
  return pod?.containers[0]?.args ?? [];
}

/** Metadata that the API server or Helm writes, which is no part of what was meant. */
const ADDED = /^(creationTimestamp|generation|managedFields|resourceVersion|uid|status)$/;
const TOOLS = /^(helm\.sh|app\.kubernetes\.io|meta\.helm\.sh|kubectl\.kubernetes\.io)\//;

/** Objects by kind and name, without what only one of the two ways to install them adds. */
export function comparable(objects: readonly ServedObject[]): ReadonlyMap<string, Json> {
  const entries = objects.map((object): [string, Json] => [
    `${object.kind} ${object.metadata.name}`,
    withoutAdded(JSON.parse(JSON.stringify(object))),
  ]);
  return new Map(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

function withoutAdded(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutAdded);
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value)
    .filter(([key]) => !ADDED.test(key) && !TOOLS.test(key))
    .map(([key, inner]): [string, Json] => [key, withoutAdded(inner)])
    // Labels and annotations of which nothing is left.
    .filter(([key, inner]) =>
      !/^(labels|annotations)$/.test(key) || JSON.stringify(inner) !== "{}"
    );
  return Object.fromEntries(kept);
}

function list(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
