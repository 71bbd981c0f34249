import { findProgram, kubectlPath } from "../control_plane/assets.ts";
import { announce, applyConfig, applyWhoami, crash, describe, reach, silence } from "./acts.ts";
import type { ApiKind } from "./api_access.ts";
import { pause, StepFailure, until } from "./failure.ts";
import { clusterTool } from "../kubectl/kubectl.ts";
import { keepOpen } from "./keep.ts";
import { gapSummary } from "./gaps.ts";
import { CLIENT, NODES, Stage, type StageOptions } from "./stage.ts";
import { holdNamespaces, leftovers } from "./leftovers.ts";
import { LAN_NODES } from "../cluster/objects.ts";
import { pathOf } from "../../kube/mod.ts";
import { isObject, objectsAt } from "../../kube/json.ts";
import type { Voice } from "./voice.ts";
import { NAMESPACE_YAML } from "./manifests.ts";
import type { Scene } from "./scene.ts";

/** How the story goes. */
export interface StoryOptions extends StageOptions {
  readonly api: ApiKind;
  /** How many power cuts. */
  readonly runs: number;
  /** Leave it running at the end, until the signal aborts. */
  readonly isKept: boolean;
  readonly voice: Voice;
}

/**
 * Tells the whole story, from an empty LAN to an empty machine.
 *
 * @throws StepFailure when a step does not hold; the signal's reason when that aborts
 */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { voice } = options;
  voice.step("A LAN 192.168.0.0/24 in network namespaces of this machine");
  const stage = await Stage.open(options);
  using held = await holdNamespaces(stage.lan, [CLIENT, ...NODES].map(({ name }) => name));
  try {
    voice.say(`client ${CLIENT.address}, a bridge, three nodes:`);
    voice.say(NODES.map(({ name, address }) => `${name} ${address}`).join(", "));
    await play(stage, options);
  } catch (error) {
    await accuse(stage, voice, error);
    throw error;
  } finally {
    await stage[Symbol.asyncDispose]();
  }
  const left = await leftovers(held);
  if (left.length > 0) throw new StepFailure(`Wanted nothing left, found ${left.join(", ")}`);
  voice.good("nothing is left: no process, no network namespace");
}

async function play(stage: Stage, options: StoryOptions): Promise<void> {
  const { voice, api, signal, runs, folder } = options;
  voice.step("A Kubernetes API server");
  await stage.startApi(api);
  voice.say(stage.api.title);
  const tool = clusterTool({
    kubectl: kubectlPath(),
    kubeconfig: stage.api.kubeconfig,
    cacheFolder: `${folder}/kubectl-cache`,
    kube: stage.kube,
    signal,
  });
  const scene: Scene = { stage, voice, tool, signal, curl: findProgram("curl") };
  await prepare(scene);
  await applyConfig(scene);
  const address = await applyWhoami(scene);
  await reach(scene, address);
  await using watcher = stage.watch(address);
  const holder = await announce(scene, address, watcher);
  await describe(scene, holder);
  const gaps = [await crash(scene, address, watcher)];
  while (gaps.length < runs) gaps.push(await crash(scene, address, watcher));
  if (runs > 1) voice.good(gapSummary(gaps));
  if (options.isKept) await keepOpen(scene, address, options.self);
  else await silence(scene, address, watcher);
}

/** Everything that is there before the tutorial begins. */
async function prepare(scene: Scene): Promise<void> {
  const { stage, voice, tool, signal } = scene;
  voice.step("Three nodes, and Lanlord: one leader, three speakers");
  await tool.apply(NAMESPACE_YAML);
  if (!await hasNodeLeases(scene)) {
    await tool.apply(NAMESPACE_YAML.replace("metallb-system", "kube-node-lease"));
  }
  stage.startControllers();
  for (const { name } of NODES) stage.startNode(name);
  stage.startLeader();
  for (const { name } of NODES) stage.startSpeaker(name);
  const suspects = ["relay", "controllers", "node-n1"];
  await until({ what: "three nodes to be Ready", limitMs: 20_000, suspects }, async () => {
    const list = await stage.kube.request({ method: "GET", path: pathOf(LAN_NODES) }, signal);
    const nodes = objectsAt(isObject(list) ? list : {}, "items").map(LAN_NODES.parse);
    return nodes.filter((node) => node?.isReady).length === NODES.length ? true : undefined;
  }, stage);
  voice.command(`lanlord leader`);
  for (const { name } of NODES) voice.command(`lanlord speaker --node-name ${name}`);
  voice.say("Each is a process of its own, started as in production. Stand-ins are the rest of");
  voice.say("Kubernetes (controllers, kubelet, kube-proxy) and the pods.");
}

async function hasNodeLeases({ stage, signal }: Scene): Promise<boolean> {
  const path = "/api/v1/namespaces";
  const list = await stage.kube.request({ method: "GET", path }, signal);
  return objectsAt(isObject(list) ? list : {}, "items")
    .some((namespace) => JSON.stringify(namespace["metadata"]).includes('"kube-node-lease"'));
}

/** Shows the ends of the logs that may tell why a step failed. */
async function accuse(stage: Stage, voice: Voice, error: unknown): Promise<void> {
  if (stage.signal.aborted) return;
  // A process that ends does so a moment before its end is noticed.
  await pause(50);
  if (stage.fault !== undefined) voice.bad(stage.fault);
  const suspects = error instanceof StepFailure ? error.suspects : [];
  const names = new Set([...stage.crew.faults.map(({ member }) => member), ...suspects]);
  for (const name of names) {
    voice.say(`--- ${name}`);
    for (const line of await stage.crew.tail(name)) voice.output(line);
  }
}
