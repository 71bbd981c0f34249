import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { type ControllerDeps, runController } from "../../controller/mod.ts";
import { type Api, createApi } from "../../demo/api/mod.ts";
import { anonymousCredentials, createClient } from "../../kube/mod.ts";
import { openNetlink } from "../../netlink/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import { runSpeaker } from "../../speaker/mod.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { announcement, makeLink, ONE_NODE } from "../one_node.ts";

const OPTIONS = { namespace: "metallb-system", configMapName: "config", lbClass: "" };

testWith(["netns"], "leader and speaker leave no file descriptor behind", async () => {
  await makeLink();
  // The first time opens what stays for the process: libc, the event loop's own.
  await announceOnce();
  const before = await listDescriptors();
  await announceOnce();
  assert.deepEqual(await listDescriptors(), before);
});

testWith(["netns"], "leader and speaker are ready before there is a configuration", async () => {
  const api = createApi();
  api.load(ONE_NODE.filter(({ kind }) => kind === "Node"));
  const ready = new Set<Role>();
  await withRoles(api, (role) => ready.add(role), async () => {
    await eventually("both are ready", 10, () => Promise.resolve(ready.size === 2 || undefined));
  });
});

type Role = "leader" | "speaker";

/** Runs both roles until the one Service is announced, and stops them. */
async function announceOnce(): Promise<void> {
  const api = createApi();
  api.load(ONE_NODE);
  await withRoles(api, () => {}, async () => {
    await eventually("the Event of the speaker", 20, () => announcement(api));
  });
}

/** Runs both roles against an API server, in this process, until `body` is through. */
async function withRoles(
  api: Api,
  onReady: (role: Role) => void,
  body: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  using kube = createClient(anonymousCredentials("http://api"), {
    fetch: (request) => api.fetch(request),
  });
  const depsOf = (role: Role): ControllerDeps => ({
    kube,
    clock: systemClock,
    random: () => 0.5,
    log: () => {},
    registry: new Registry(),
    health: { ready: (isReady) => isReady && onReady(role), beat: () => {} },
  });
  await using netlink = openNetlink();
  const roles = [
    runController({ ...OPTIONS, identity: "test" }, depsOf("leader"), stop.signal),
    runSpeaker(
      { ...OPTIONS, nodeName: "n1", releaseOnExit: true },
      { ...depsOf("speaker"), netlink },
      stop.signal,
    ),
  ];
  try {
    await body();
  } finally {
    stop.abort();
    await Promise.all(roles);
  }
}

/** What is open, by what it leads to; the numbers that tell one socket from the next are left out. */
async function listDescriptors(): Promise<readonly string[]> {
  const folder = "/proc/self/fd";
  const entries = await Array.fromAsync(Deno.readDir(folder));
  const targets = await Promise.all(
    entries.map(({ name }) => Deno.readLink(`${folder}/${name}`).catch(() => folder)),
  );
  return targets.map((target) => target.replace(/:\[\d+\]$/, "")).sort();
}
