/** What the NetworkPolicy of the manifest lets through, by the rules of networking.k8s.io/v1. */
import { deepEqual, equal } from "node:assert/strict";
import { objectAt, objectsAt, recordAt, stringAt } from "../kube/json.ts";
import type { JsonObject } from "../kube/types.ts";
import { manifestObjects } from "./manifest.ts";

/** One connection of a leader's Pod. */
interface Row {
  readonly name: string;
  readonly direction: "ingress" | "egress";
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly want: "allowed" | "refused";
}

const rows: readonly Row[] = [
  {
    name: "the API server's Service",
    direction: "egress",
    protocol: "TCP",
    port: 443,
    want: "allowed",
  },
  { name: "kube-apiserver", direction: "egress", protocol: "TCP", port: 6443, want: "allowed" },
  { name: "minikube's", direction: "egress", protocol: "TCP", port: 8443, want: "allowed" },
  { name: "MicroK8s's", direction: "egress", protocol: "TCP", port: 16443, want: "allowed" },
  { name: "DNS", direction: "egress", protocol: "UDP", port: 53, want: "refused" },
  {
    name: "an API server's own",
    direction: "egress",
    protocol: "TCP",
    port: 9443,
    want: "allowed",
  },
  {
    name: "metrics and probes",
    direction: "ingress",
    protocol: "TCP",
    port: 7472,
    want: "allowed",
  },
  { name: "anything else", direction: "ingress", protocol: "TCP", port: 80, want: "refused" },
];

Deno.test("the NetworkPolicy lets through what the leader needs, and no more", async (t) => {
  const policy = await find("NetworkPolicy", "lanlord-leader");
  const leader = await find("Deployment", "lanlord-leader");
  const spec = objectAt(policy, "spec");
  const template = objectAt(objectAt(leader, "spec"), "template");
  deepEqual(
    objectAt(objectAt(spec, "podSelector"), "matchLabels"),
    objectAt(objectAt(template, "metadata"), "labels"),
  );
  for (const { name, want, ...connection } of rows) {
    await t.step(`${connection.direction} ${name}: ${want}`, () => {
      equal(
        allows(spec, connection) ? "allowed" : "refused",
        want,
      );
    });
  }
});

Deno.test("the leader listens and is probed on the port that the NetworkPolicy opens", async () => {
  for (const name of ["lanlord-leader", "lanlord-speaker"]) {
    const kind = name === "lanlord-leader" ? "Deployment" : "DaemonSet";
    const template = objectAt(objectAt(await find(kind, name), "spec"), "template");
    const annotations = recordAt(objectAt(template, "metadata"), "annotations");
    const [container = {}] = objectsAt(objectAt(template, "spec"), "containers");
    const [port = {}] = objectsAt(container, "ports");
    deepEqual([annotations["prometheus.io/port"], port["containerPort"]], ["7472", 7472]);
  }
});

/** A direction that the policy names is refused but for its rules; a rule without peers or ports is for all of them. */
function allows(spec: JsonObject, connection: Omit<Row, "name" | "want">): boolean {
  const { direction, protocol, port } = connection;
  const types: unknown = spec["policyTypes"];
  const isGoverned = Array.isArray(types) &&
    types.includes(direction === "ingress" ? "Ingress" : "Egress");
  if (!isGoverned) return true;
  return objectsAt(spec, direction).some((rule) => {
    if ("to" in rule || "from" in rule) throw new RangeError("Cannot judge a rule with peers");
    return objectsAt(rule, "ports").some((each) =>
      (stringAt(each, "protocol") ?? "TCP") === protocol && (each["port"] ?? port) === port
    );
  });
}

async function find(kind: string, name: string): Promise<JsonObject> {
  const found = (await manifestObjects()).find((object) =>
    object["kind"] === kind && stringAt(objectAt(object, "metadata"), "name") === name
  );
  if (found === undefined) throw new RangeError(`Cannot find ${kind} "${name}"`);
  return found;
}
