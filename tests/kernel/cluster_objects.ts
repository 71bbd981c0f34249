/** What people do to a cluster, for tests on a `SpeakerLan`. */
import { parse } from "yaml";
import { openWatcher, type Watcher } from "../../demo/wire/watcher.ts";
import { type Part, PART_VARIABLE } from "../../demo/part.ts";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../eventually.ts";
import type { SpeakerLan } from "./speaker_lan.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const CRDS = new URL("../../deploy/crds/", import.meta.url);

/** Changes an object by a merge patch. @param path as in the API: `/api/v1/nodes/n1` */
export async function patch(lan: SpeakerLan, path: string, changes: JsonObject): Promise<void> {
  const response = await lan.api.fetch(`http://api${path}`, {
    method: "PATCH",
    body: JSON.stringify(changes),
    headers: { "content-type": "application/merge-patch+json" },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Cannot patch ${path}: ${response.status} ${text}`);
}

/** Cordons a node, as `kubectl drain` begins. */
export async function cordon(lan: SpeakerLan, node: string): Promise<void> {
  await patch(lan, `/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
}

/** Waits until the speaker of a node has said this many times what a stop would do with its addresses. */
export async function saysAtStop(
  lan: SpeakerLan,
  node: string,
  addresses: "hand-over" | "keep",
  times = 1,
): Promise<void> {
  await eventually(`${node} to say that a stop means ${addresses}`, 10, async () => {
    const lines = (await lan.log()).filter((line) => line.startsWith(node));
    const said = lines.filter((line) => line.includes("atStop") && line.includes(addresses));
    return said.length >= times || undefined;
  });
}

/** Teaches the API server MetalLB's kinds. */
export async function defineKinds({ api }: Pick<SpeakerLan, "api">): Promise<void> {
  for await (const { name } of Deno.readDir(CRDS)) {
    api.load([parse(await Deno.readTextFile(new URL(name, CRDS)))]);
  }
}

/** A custom resource of ours. */
export function resource(kind: string, name: string, spec: JsonObject): JsonObject {
  const metadata = { namespace: "metallb-system", name };
  return { apiVersion: "metallb.io/v1beta1", kind, metadata, spec };
}

/** A Service that has the address. */
export function service(
  name: string,
  ip: string,
  { labels = {}, spec = {} }: { readonly labels?: JsonObject; readonly spec?: JsonObject } = {},
): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name, labels },
    spec: { type: "LoadBalancer", ports: [{ port: 80, protocol: "TCP" }], ...spec },
    status: { loadBalancer: { ingress: [{ ip }] } },
  };
}

/** Has the client ask for an address every 4 ms, from the first answer on. */
export async function watch(lan: SpeakerLan, address: string): Promise<Watcher> {
  const part: Part = { kind: "witness", address };
  const argv = [Deno.execPath(), "run", "-A", MAIN, "demo"];
  const watcher = openWatcher(lan.client, argv, { [PART_VARIABLE]: JSON.stringify(part) });
  await eventually(
    `an answer for ${address}`,
    20,
    () => Promise.resolve(watcher.look?.owner),
  );
  return watcher;
}
