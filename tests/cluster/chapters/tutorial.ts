import assert from "node:assert/strict";
import { configYaml } from "../../../demo/story/manifests.ts";
import { eventually } from "../../eventually.ts";
import { type Operator, WORKLOADS } from "../operator.ts";
import type { Chapter, Story } from "./story.ts";

/** From the manifest to a page from another machine. */
export const TUTORIAL: readonly Chapter[] = [
  { name: "the manifest applies", tell: install },
  { name: "leader and speakers get ready", tell: awaitReady },
  { name: "the ConfigMap, whoami and its Service apply", tell: applyWhoami },
  { name: "the Service gets the first address of the pool", tell: readAddress },
  { name: "curl on the LAN gets an answer", tell: curl },
  { name: "describe tells who assigned and who announces", tell: describe },
];

/** Applies the manifest. */
export async function install({ operator, manifest }: Story): Promise<void> {
  await operator.apply(manifest);
}

/** Waits for all pods, and begins to follow their logs. */
export async function awaitReady({ operator, logs }: Story): Promise<void> {
  for (const workload of WORKLOADS) await operator.rolledOut(workload);
  logs.follow();
}

/** The tutorial's ConfigMap, with the cluster's pool. */
export async function configure(operator: Operator): Promise<void> {
  await operator.apply(configYaml(operator.cluster.pool));
}

async function applyWhoami({ operator }: Story): Promise<void> {
  await configure(operator);
  await operator.apply(await Deno.readTextFile(new URL("../whoami.yaml", import.meta.url)));
  await operator.rolledOut("deployment/whoami-deployment", "default");
}

async function readAddress({ operator, first }: Story): Promise<void> {
  assert.equal(await operator.addressOf("whoami"), first);
  const line = await operator.kubectl("get", "service", "whoami", "--no-headers");
  const columns = line.split(/\s+/);
  assert.deepEqual([columns[0], columns[1], columns[3]], ["whoami", "LoadBalancer", first]);
}

async function curl({ operator, first }: Story): Promise<void> {
  const answer = await eventually("an answer to curl", 30, () => operator.ask(first));
  assert.match(answer, /^Hostname: whoami-deployment-/);
}

async function describe({ operator, first }: Story): Promise<void> {
  const node = await operator.announcingNode("whoami");
  const text = await operator.kubectl("describe", "service", "whoami");
  const wanted = [
    new RegExp(`^LoadBalancer Ingress:\\s+${first}\\b`, "m"),
    new RegExp(`IPAllocated\\s.*\\smetallb-controller\\s+Assigned IP "${first}"`),
    new RegExp(`nodeAssigned\\s.*\\smetallb-speaker\\s+announcing from node "${node}"`),
  ];
  for (const pattern of wanted) assert.match(text, pattern);
}
