import { isObject } from "../../kube/json.ts";
import { FORWARDED_SERVICES, type ForwardedService } from "../cluster/objects.ts";
import { pathOf } from "../../kube/mod.ts";
import { pause, StepFailure, until } from "./failure.ts";
import { macOf } from "../lan/lan.ts";
import { CONFIG_YAML, WHOAMI_YAML } from "./manifests.ts";
import { CLIENT, nodeProcess, NODES, speakerProcess } from "./stage.ts";
import type { Scene } from "./scene.ts";
import type { Watcher } from "../wire/watcher.ts";

const SPEAKERS = NODES.map(({ name }) => speakerProcess(name));

/** The tutorial's ConfigMap. */
export async function applyConfig({ voice, tool }: Scene): Promise<void> {
  voice.step("The pool: the ConfigMap of MetalLB's tutorial, as it is");
  voice.output(CONFIG_YAML);
  voice.command("kubectl apply -f config.yaml");
  voice.output(await tool.apply(CONFIG_YAML));
  voice.say(`(by ${tool.name})`);
}

/** Deployment and Service, until there is an EXTERNAL-IP. @returns the address */
export async function applyWhoami(scene: Scene): Promise<string> {
  const { stage, voice, tool } = scene;
  voice.step("A Deployment, and a Service of type LoadBalancer");
  voice.command("kubectl apply -f whoami.yaml");
  voice.output(await tool.apply(WHOAMI_YAML));
  const suspects = ["leader", "controllers"];
  const wanted = { what: "an EXTERNAL-IP", limitMs: 20_000, suspects };
  const address = await until(wanted, async () => (await whoami(scene)).ingressIps[0], stage);
  voice.command("kubectl get svc whoami");
  voice.output(await tool.run(["get", "service", "whoami"]));
  if (address !== "192.168.0.200") {
    throw new StepFailure(`Wanted the first address of the pool, found ${address}`, ["leader"]);
  }
  return address;
}

/** From the client, as a person would. */
export async function reach(scene: Scene, address: string): Promise<void> {
  const { voice } = scene;
  voice.step("From the client on the LAN");
  const { text } = await fetchUntilAnswered(scene, address, 20_000);
  voice.command(`curl http://${address}`);
  voice.output(text);
}

/** Who answers on the wire. @returns the node */
export async function announce(
  { stage, voice }: Scene,
  address: string,
  watcher: Watcher,
): Promise<string> {
  voice.step(`Who answers for ${address}: the client asks by ARP, every 4 ms`);
  const found = (): string => watcher.complaint || "silence";
  const wanted = { what: "an ARP answer", limitMs: 10_000, suspects: SPEAKERS, found };
  const owner = await until(wanted, () => watcher.look?.owner, stage);
  // Two owners would both answer in the meantime.
  await pause(300);
  if (watcher.handovers.length > 0) {
    throw new StepFailure("Wanted one owner, found two that both answer", SPEAKERS);
  }
  const node = nodeOf(owner);
  voice.good(`${node}, ${owner}; nobody else`);
  return node;
}

/** The events of the Service. */
export async function describe(scene: Scene, holder: string): Promise<void> {
  const { stage, voice, tool } = scene;
  voice.step("What Kubernetes knows about it");
  voice.command("kubectl describe svc whoami");
  const wanted = { what: `an event nodeAssigned that names ${holder}`, limitMs: 10_000 };
  const suspects = ["leader", speakerProcess(holder)];
  let last = "";
  const found = (): string => `\n${last}`;
  const text = await until({ ...wanted, everyMs: 300, suspects, found }, async () => {
    last = await tool.run(["describe", "service", "whoami"]);
    return /IPAllocated/.test(last) && last.includes(`from node "${holder}"`) ? last : undefined;
  }, stage);
  voice.output(text);
}

/**
 * A power cut at the node that answers, and its return.
 *
 * @returns how long nobody answered, in ms
 */
export async function crash(scene: Scene, address: string, watcher: Watcher): Promise<number> {
  const { stage, voice } = scene;
  const victim = nodeOf(watcher.look?.owner ?? "");
  voice.step(`A power cut at ${victim}: cable out and processes killed at once`);
  const before = watcher.handovers.length;
  const cutAt = watcher.look?.at ?? 0;
  await stage.cutPower(victim);
  const others = SPEAKERS.filter((name) => name !== speakerProcess(victim));
  const wanted = { what: "another node to answer", limitMs: 15_000, suspects: others, everyMs: 10 };
  const handover = await until(wanted, () => watcher.handovers[before], stage);
  const gapMs = handover.firstAt - handover.lastAt;
  const heir = nodeOf(handover.to);
  voice.good(`silent for ${gapMs.toFixed(0)} ms on the wire; then ${heir} answers, ${handover.to}`);
  const { tries } = await fetchUntilAnswered(scene, address, 20_000);
  const seconds = ((watcher.look?.at ?? 0) - cutAt) / 1000;
  const lost = tries === 1
    ? "at the first try"
    : `at try ${tries}: pods on ${victim} were still listed`;
  voice.command(`curl http://${address}`);
  voice.good(`answered ${seconds.toFixed(1)} s after the cut, ${lost}`);
  await comeBack(scene, victim, watcher, before + 1);
  return gapMs;
}

async function comeBack(
  { stage, voice, curl }: Scene,
  node: string,
  watcher: Watcher,
  handoversSoFar: number,
): Promise<void> {
  await stage.boot(node);
  const suspects = [speakerProcess(node), nodeProcess(node)];
  await until({ what: `${node} to be ready again`, limitMs: 20_000, suspects }, async () => {
    const options = { limitMs: 1_000, curl };
    const { code } = await stage.get(node, "http://127.0.0.1:7472/readyz", options);
    return code === 0 ? true : undefined;
  }, stage);
  await pause(1_500);
  const moves = watcher.handovers.length - handoversSoFar;
  if (moves > 0) {
    throw new StepFailure(`Wanted 0 moves when ${node} returns, found ${moves}`, SPEAKERS);
  }
  voice.good(`${node} is back: 0 moves, ${nodeOf(watcher.look?.owner ?? "")} goes on answering`);
}

/** The Service goes: so does the address. */
export async function silence(scene: Scene, address: string, watcher: Watcher): Promise<void> {
  const { stage, voice, tool } = scene;
  voice.step("Tear-down");
  voice.command("kubectl delete service whoami");
  const deletedAt = watcher.look?.at ?? 0;
  voice.output(await tool.run(["delete", "service", "whoami"]));
  const wanted = { what: `${address} to fall silent`, limitMs: 10_000, suspects: SPEAKERS };
  const lastAt = await until(wanted, () => {
    const { at, lastAt } = watcher.look ?? { at: 0, lastAt: 0 };
    return at - lastAt > 400 ? lastAt : undefined;
  }, stage);
  const seconds = Math.max(0, lastAt - deletedAt) / 1000;
  voice.good(
    `${address} was answered for ${
      seconds.toFixed(1)
    } s more, kubectl's start included; now silent`,
  );
  for (const { name } of NODES) {
    const { stdout } = await stage.lan.machine(name).run([
      "ip",
      "-o",
      "addr",
      "show",
      "dev",
      "eth0",
    ]);
    if (!stdout.includes(`${address}/`)) continue;
    throw new StepFailure(`Wanted ${address} gone, found it on ${name}`, [speakerProcess(name)]);
  }
  await tool.run(["delete", "deployment", "whoami-deployment"]);
}

async function fetchUntilAnswered(
  { stage, curl }: Scene,
  address: string,
  limitMs: number,
): Promise<{ readonly text: string; readonly tries: number }> {
  let fault = "";
  let tries = 0;
  const suspects = [...SPEAKERS, ...NODES.map(({ name }) => nodeProcess(name))];
  const wanted = { what: "an answer over HTTP", limitMs, suspects, found: () => fault };
  return await until(wanted, async () => {
    tries++;
    const options = { limitMs: 1_000, curl };
    const answer = await stage.get(CLIENT.name, `http://${address}`, options);
    fault = answer.fault;
    return answer.code === 0 ? { text: answer.text, tries } : undefined;
  }, stage);
}

async function whoami({ stage, signal }: Scene): Promise<ForwardedService> {
  const path = pathOf(FORWARDED_SERVICES, { namespace: "default", name: "whoami" });
  const object = await stage.kube.request({ method: "GET", path }, signal);
  const service = isObject(object) ? FORWARDED_SERVICES.parse(object) : undefined;
  if (service === undefined) throw new StepFailure("Wanted Service whoami, found something else");
  return service;
}

function nodeOf(mac: string): string {
  const node = NODES.find(({ address }) => macOf(address) === mac);
  if (node === undefined) {
    throw new StepFailure(`Wanted one of the nodes to answer, found "${mac}"`);
  }
  return node.name;
}
