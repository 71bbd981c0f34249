// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { eventually } from "../../eventually.ts";
import { doubles, handovers, unanswered } from "../../wire/sight.ts";
import { NAMESPACE, type Operator, WORKLOADS } from "../operator.ts";
import { formatWatched, watchAnswers } from "../outage.ts";
import type { Chapter, Story } from "./story.ts";

/** To another build, pod by pod, and back again. Each time a Service is made meanwhile: `meanwhile` and `later`. */
export const UPGRADE: readonly Chapter[] = [
  {
    name: "a rolling upgrade moves nothing and no answer is missing",
    isPossible: ({ operator }) => operator.cluster.nextImage !== undefined,
    tell: (story) => roll(story, "upgrade", "meanwhile", () => setImage(story.operator)),
  },
  {
    name: "a rollback moves nothing and no answer is missing",
    isPossible: ({ operator }) => operator.cluster.nextImage !== undefined,
    tell: (story) => roll(story, "rollback", "later", () => undo(story.operator)),
  },
];

async function setImage(operator: Operator): Promise<void> {
  const image = `*=${operator.cluster.nextImage}`;
  for (const workload of WORKLOADS) {
    await operator.kubectl("-n", NAMESPACE, "set", "image", workload, image);
  }
}

async function undo(operator: Operator): Promise<void> {
  for (const workload of WORKLOADS) {
    await operator.kubectl("-n", NAMESPACE, "rollout", "undo", workload);
  }
}

/** Lets all pods become others, a Service be made meanwhile, and counts what was missing. */
async function roll(
  { operator, logs, first }: Story,
  what: string,
  service: string,
  change: () => Promise<void>,
): Promise<void> {
  const versionsBefore = await versions(operator);
  const countBefore = await operator.announcementCount("whoami");
  const watched = await watchAnswers(operator.cluster, first, { connectSeconds: 0.9 }, async () => {
    await change();
    const rolled = WORKLOADS.map((workload) => operator.rolledOut(workload));
    const address = await operator.expose(service);
    await eventually(`an answer of ${address}`, 30, () => operator.ask(address));
    await Promise.all(rolled);
  });
  logs.follow();
  console.log(`${what}: ${formatWatched(watched)}`);
  const { sights, pages } = watched;
  assert.deepEqual(handovers(sights), []);
  assert.deepEqual(doubles(sights), []);
  assert.equal(unanswered(sights), 0, "ARP requests without an answer");
  assert.equal(pages.failures, 0, "attempts without a page");
  assert.ok(sights.length > 20 && pages.answers > 20, "asked too seldom to tell");
  assert.equal(await operator.announcementCount("whoami"), countBefore, "nodeAssigned events");
  const [before, after] = [versionsBefore, await versions(operator)];
  assert.deepEqual([before.size, after.size], [1, 1], "one build runs at a time");
  assert.notDeepEqual(after, before, "the build is another one");
}

/** What `lanlord version` says in the pods that there are. */
async function versions(operator: Operator): Promise<ReadonlySet<string>> {
  const running = ["-l", "app=lanlord", "--field-selector=status.phase=Running", "-o", "name"];
  const pods = await eventually("no pod is about to end", 30, async () => {
    const shown = "jsonpath={.items[*].metadata.deletionTimestamp}";
    const ending = await operator.kubectl("-n", NAMESPACE, "get", "pods", "-o", shown);
    if (ending !== "") return undefined;
    return (await operator.kubectl("-n", NAMESPACE, "get", "pods", ...running)).trim().split("\n");
  });
  const told = pods.map((pod) =>
    operator.kubectl("-n", NAMESPACE, "exec", pod, "--", "lanlord", "version")
  );
  return new Set(await Promise.all(told));
}
