// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { eventually } from "../../eventually.ts";
import { doubles, handovers } from "../../wire/sight.ts";
import { NAMESPACE, type Operator } from "../operator.ts";
import { formatWatched, watchAnswers } from "../outage.ts";
import type { Chapter, Story } from "./story.ts";

/** A cable is pulled and put back; then a node vanishes, and comes back. */
export const OUTAGE: readonly Chapter[] = [
  { name: "the pods leave the announcing node", tell: movePods },
  {
    name: "one node answers after a speaker was killed, its cable pulled and put back",
    isPossible: ({ operator }) => operator.cluster.cable !== undefined,
    tell: cutAndHeal,
  },
  { name: "the pods leave the node that announces now", tell: movePods },
  { name: "another node answers when the plug is pulled", tell: pullPlug },
  {
    name: "the node comes back without the address, and gets none",
    isPossible: ({ operator }) => operator.cluster.start !== undefined,
    tell: comeBack,
  },
];

/** A signal for every process with the argument `speaker`, and no grep of that. */
function signalSpeaker(signal: "KILL" | "STOP"): readonly string[] {
  const pids = "$(grep -lsxz '[s]peaker' /proc/[0-9]*/cmdline | cut -d/ -f3)";
  return ["sh", "-c", `kill -${signal} ${pids}`];
}

/** So that an answer missing below is missing for want of the address, not of a pod that died as well. */
async function movePods({ operator, first }: Story): Promise<void> {
  const node = await operator.holderOf(first);
  const key = "kubernetes.io/hostname";
  const terms = [{ matchExpressions: [{ key, operator: "NotIn", values: [node] }] }];
  const affinity = {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms },
    },
  };
  const patch = JSON.stringify({ spec: { template: { spec: { affinity } } } });
  await operator.kubectl("patch", "deployment", "whoami-deployment", "-p", patch);
  await operator.rolledOut("deployment/whoami-deployment", "default");
  const slices = ["endpointslices", "-l", "kubernetes.io/service-name=whoami"];
  await eventually("the old pods are gone", 60, async () => {
    const shown = "jsonpath={.items[*].endpoints[*].nodeName}";
    const nodes = await operator.kubectl("get", ...slices, "-o", shown);
    return nodes !== "" && !nodes.split(" ").includes(node) || undefined;
  });
}

async function cutAndHeal({ operator, first }: Story): Promise<void> {
  const { cable } = operator.cluster;
  const before = await operator.holderOf(first);
  const others = (await operator.nodes()).filter((node) => node !== before);
  const watched = await watchAnswers(
    operator.cluster,
    first,
    { connectSeconds: 0.05 },
    async () => {
      await operator.cluster.node(before, signalSpeaker("KILL"));
      await cable?.cut(before);
      await operator.holderOf(first, others);
      await cable?.heal(before);
      await operator.holderOf(first);
      await speakersReady(operator);
    },
  );
  console.log(`cable of ${before} pulled and put back: ${formatWatched(watched)}`);
  assert.ok(await operator.ask(first) !== undefined, "an answer");
  assert.equal((await operator.holdersOf(first)).length, 1);
}

async function pullPlug({ operator, first }: Story): Promise<void> {
  const before = await operator.holderOf(first);
  const others = (await operator.nodes()).filter((node) => node !== before);
  let after = "";
  const watched = await watchAnswers(
    operator.cluster,
    first,
    { connectSeconds: 0.05 },
    async () => {
      // Its process shall not have the time to let go when the link goes down.
      await operator.cluster.node(before, signalSpeaker("STOP"));
      await operator.cluster.pullPlug(before);
      after = await operator.holderOf(first, others);
      await eventually("an answer to curl", 5, () => operator.ask(first));
    },
  );
  console.log(`${before} stopped, ${after} announces: ${formatWatched(watched)}`);
  assert.equal(handovers(watched.sights).length, 1, "moves");
  assert.ok(watched.pages.gapMs < 10_000, `no answer for ${watched.pages.gapMs} ms`);
  await eventually("an Event tells of it", 30, async () => {
    return await operator.announcingNode("whoami") === after || undefined;
  });
}

async function comeBack({ operator, first, logs }: Story): Promise<void> {
  const [gone = "", ...others] = await deadFirst(operator);
  const holder = await operator.holderOf(first, others);
  const countBefore = await operator.announcementCount("whoami");
  const watched = await watchAnswers(
    operator.cluster,
    first,
    { connectSeconds: 0.05 },
    async () => {
      const seconds = await operator.cluster.start?.(gone);
      console.log(`the kernel of ${gone} kept the address for ${seconds} s more`);
      await operator.kubectl("wait", "--for=condition=Ready", `node/${gone}`, "--timeout=90s");
      await speakersReady(operator);
    },
  );
  logs.follow();
  console.log(`${gone} is back, ${holder} announces: ${formatWatched(watched)}`);
  assert.deepEqual(await operator.holdersOf(first), [holder]);
  assert.deepEqual(handovers(watched.sights), []);
  assert.deepEqual(doubles(watched.sights), []);
  assert.equal(await operator.announcementCount("whoami"), countBefore, "nodeAssigned events");
}

/** The nodes, the one that was stopped first. */
async function deadFirst(operator: Operator): Promise<readonly string[]> {
  const nodes = await operator.nodes();
  const codes = await Promise.all(nodes.map((node) => operator.cluster.node(node, ["true"])));
  const isDead = (node: string): boolean => codes[nodes.indexOf(node)]?.code !== 0;
  return nodes.toSorted((a, b) => Number(isDead(b)) - Number(isDead(a)));
}

/** Every node has a speaker, and it is ready. */
async function speakersReady(operator: Operator): Promise<void> {
  await operator.rolledOut("daemonset/lanlord-speaker");
  const { length } = await operator.nodes();
  await eventually("a ready speaker on every node", 120, async () => {
    const shown = "jsonpath={.status.numberReady}";
    const ready = ["get", "daemonset", "lanlord-speaker", "-o", shown];
    return await operator.kubectl("-n", NAMESPACE, ...ready) === `${length}` || undefined;
  });
}
