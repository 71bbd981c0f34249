import { parseAllDocuments } from "yaml";
import { isAlreadyExists, type Kube, pathOf } from "../../kube/mod.ts";
import { isObject, objectAt, objectsAt, stringAt } from "../../kube/json.ts";
import type { Json, JsonObject } from "../../kube/types.ts";
import type { ClusterTool } from "./cluster_tool.ts";

const KINDS: Readonly<Record<string, string>> = {
  Namespace: "namespaces",
  ConfigMap: "configmaps",
  Deployment: "deployments",
  Service: "services",
};

const SERVICES = { apiVersion: "v1", kind: "Service", plural: "services" } as const;
const EVENTS = { apiVersion: "v1", kind: "Event", plural: "events" } as const;
const DEPLOYMENTS = { apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" } as const;

/** As much of kubectl as the story needs, for machines without it; its output is plainer. */
export function ownClient(kube: Kube, signal: AbortSignal): ClusterTool {
  return {
    name: "Lanlord's own client, for want of kubectl",
    apply: async (yaml) => {
      const lines: string[] = [];
      for (const document of parseAllDocuments(yaml)) {
        const object: Json = document.toJS();
        if (isObject(object)) lines.push(await apply(kube, object, signal));
      }
      return lines.join("\n");
    },
    run: async ([verb, kind, name = ""]) => {
      const of = kind === "deployment" ? DEPLOYMENTS : SERVICES;
      const path = pathOf(of, { namespace: "default", name });
      if (verb === "delete") {
        await kube.request({ method: "DELETE", path }, signal);
        return `${kind}/${name} deleted`;
      }
      const object = await kube.request({ method: "GET", path }, signal);
      const service = isObject(object) ? object : {};
      return verb === "get" ? row(service) : await describe(kube, service, signal);
    },
  };
}

async function apply(kube: Kube, object: JsonObject, signal: AbortSignal): Promise<string> {
  const kind = stringAt(object, "kind") ?? "";
  const of = { apiVersion: stringAt(object, "apiVersion") ?? "", plural: KINDS[kind] ?? "" };
  const name = stringAt(objectAt(object, "metadata"), "name") ?? "";
  const isClusterScoped = kind === "Namespace";
  const namespace = stringAt(objectAt(object, "metadata"), "namespace") ?? "default";
  const at = isClusterScoped ? {} : { namespace };
  try {
    await kube.request({ method: "POST", path: pathOf(of, at), body: object }, signal);
    return `${kind.toLowerCase()}/${name} created`;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const path = pathOf(of, { ...at, name });
  const contentType = "application/merge-patch+json";
  await kube.request({ method: "PATCH", path, body: object, contentType }, signal);
  return `${kind.toLowerCase()}/${name} configured`;
}

function row(service: JsonObject): string {
  const name = stringAt(objectAt(service, "metadata"), "name") ?? "";
  const spec = objectAt(service, "spec");
  const ports = objectsAt(spec, "ports").map((port) => `${port["port"]}/${port["protocol"]}`);
  const cells = [name, stringAt(spec, "type"), stringAt(spec, "clusterIP"), externalIp(service)];
  const head = ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)"];
  const body = [...cells.map((cell) => cell ?? ""), ports.join(",")];
  const pad = (row: readonly string[]): string =>
    row.map((cell, i) => cell.padEnd(Math.max(head[i]?.length ?? 0, body[i]?.length ?? 0))).join(
      "   ",
    )
      .trimEnd();
  return [pad(head), pad(body)].join("\n");
}

function externalIp(service: JsonObject): string {
  const balancer = objectAt(objectAt(service, "status"), "loadBalancer");
  const addresses = objectsAt(balancer, "ingress").map((ingress) => stringAt(ingress, "ip") ?? "");
  return addresses.length === 0 ? "<pending>" : addresses.join(",");
}

async function describe(kube: Kube, service: JsonObject, signal: AbortSignal): Promise<string> {
  const meta = objectAt(service, "metadata");
  const path = pathOf(EVENTS, { namespace: stringAt(meta, "namespace") ?? "default" });
  const list = await kube.request({ method: "GET", path }, signal);
  const about = objectsAt(isObject(list) ? list : {}, "items")
    .filter((event) => objectAt(event, "involvedObject")["uid"] === meta["uid"]);
  return [
    `Name:                     ${stringAt(meta, "name")}`,
    `LoadBalancer Ingress:     ${externalIp(service)}`,
    "Events:",
    ...about.map((event) => {
      const cells = ["type", "reason", "message"].map((key) => stringAt(event, key) ?? "");
      return `  ${cells.join("   ")}`;
    }),
  ].join("\n");
}
