import assert from "node:assert/strict";
import { ADDRESS_CONDITION } from "../controller/mod.ts";
import { type Json, type Kube, KubeError } from "../kube/mod.ts";
import { aborted } from "../kube/testing.ts";
import { LeaderStage, type OpenKube, type Story } from "./leader_stage.ts";
import { QUARANTINE_STORIES } from "./quarantine_stories.ts";
import { SERVICE_ALLOCATION_STORIES } from "./service_allocation_stories.ts";

const TUTORIAL = [
  "address-pools:",
  "- name: default",
  "  protocol: layer2",
  "  addresses: [192.168.0.200-192.168.0.250]",
].join("\n");

const TWO = TUTORIAL.replace(".250", ".201");

/** Times of a Lease that is lost soon, in milliseconds. */
const SHORT_LEASE = { leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryMs: 200 };

export const STORIES: readonly Story[] = [
  {
    name: "the first Service of the tutorial gets 192.168.0.200, and is told so",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(TUTORIAL);
      await stage.createService("whoami");
      await stage.untilAddress("whoami", "192.168.0.200");
      await stage.untilTold("whoami", 'IPAllocated: Assigned IP "192.168.0.200"');
      assert.deepEqual([...stage.tellers()], ["metallb-controller"]);
      const { meta, conditions } = stage.service("whoami") ?? { meta: undefined };
      assert.equal(meta?.annotations["metallb.io/ip-allocated-from-pool"], "default");
      assert.equal(conditions?.[0]?.type, ADDRESS_CONDITION);
      assert.equal(conditions?.[0]?.message, '192.168.0.200 from pool "default"');
    },
  },
  {
    name: "what a deletion frees goes to the Service that waits",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(TWO);
      for (const name of ["a", "b"]) await stage.createService(name);
      await stage.until(() => stage.addressOf("a") !== "" && stage.addressOf("b") !== "", "both");
      await stage.createService("c");
      const failure =
        'AllocationFailed: Failed to allocate IP for "default/c": no available IPs; ' +
        "to solve it: free an address, or add IPv4 addresses to a pool with auto-assign";
      await stage.untilTold("c", failure);
      const freed = stage.addressOf("b");
      await stage.deleteService("b");
      await stage.untilAddress("c", freed);
      await stage.untilTold("c", `IPAllocated: Assigned IP "${freed}"`);
      assert.equal(stage.toldAbout("c").length, 2);
      assert.equal(stage.service("c")?.conditions[0]?.status, "True");
    },
  },
  {
    name: "a Service that is no LoadBalancer any more gives its address back",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(TUTORIAL);
      await stage.createService("a");
      await stage.untilAddress("a", "192.168.0.200");
      await stage.patchService("a", { spec: { type: "ClusterIP" } });
      await stage.untilAddress("a", "");
      await stage.until(() => stage.service("a")?.conditions.length === 0, "no condition");
      assert.deepEqual(stage.service("a")?.meta.annotations, {});
      await stage.createService("b");
      await stage.untilAddress("b", "192.168.0.200");
    },
  },
  {
    name: "an invalid configuration changes nothing and is reported at the ConfigMap",
    run: async (stage) => {
      const leader = await stage.startLeader("leader");
      await stage.configure(TUTORIAL);
      await stage.createService("a");
      await stage.untilAddress("a", "192.168.0.200");
      await stage.configure(TUTORIAL.replace("192.168.0.250", "nonsense"));
      const isTold = (): boolean =>
        stage.toldAbout("config").some((text) => text.startsWith("InvalidConfiguration: "));
      await stage.until(isTold, "an Event at the ConfigMap");
      assert.ok(leader.logged.has("configStale"));
      await stage.createService("b");
      await stage.untilAddress("b", "192.168.0.201");
      assert.equal(stage.addressOf("a"), "192.168.0.200");
      const metrics = await leader.registry.metrics();
      assert.match(metrics, /^metallb_k8s_client_config_stale_bool 1$/m);
      assert.match(metrics, /^metallb_k8s_client_config_loaded_bool 1$/m);
      assert.match(metrics, /^metallb_allocator_addresses_total\{pool="default"\} 51$/m);
      await stage.configure(TUTORIAL);
      await stage.until(() => leader.logged.has("configRecovered"), "recovery");
      assert.match(await leader.registry.metrics(), /^metallb_k8s_client_config_stale_bool 0$/m);
    },
  },
  {
    name: "a Service moves to a requested address, and stays where the request cannot be met",
    run: async (stage) => {
      await stage.startLeader("leader");
      await stage.configure(TUTORIAL);
      await stage.createService("a");
      await stage.untilAddress("a", "192.168.0.200");
      await stage.createService("b");
      await stage.untilAddress("b", "192.168.0.201");
      await stage.patchService("b", { spec: { loadBalancerIP: "192.168.0.222" } });
      await stage.untilAddress("b", "192.168.0.222");
      await stage.patchService("b", { spec: { loadBalancerIP: "192.168.0.200" } });
      await stage.untilTold(
        "b",
        'AllocationFailed: Failed to allocate IP for "default/b": can\'t change sharing key for ' +
          '"default/b", address also in use by default/a; keeping 192.168.0.222; ' +
          'to solve it: free "192.168.0.200", or give all its Services the same annotation ' +
          "metallb.io/allow-shared-ip and the same externalTrafficPolicy, with Local the same selector too",
      );
      assert.equal(stage.addressOf("b"), "192.168.0.222");
      assert.equal(stage.service("b")?.conditions[0]?.reason, "AddressInUse");
    },
  },
  {
    name: "of two leaders only one writes, and the other goes on after it",
    run: async (stage) => {
      const first = await stage.startLeader("first", { lease: SHORT_LEASE });
      await stage.configure(TUTORIAL);
      await stage.createService("a");
      await stage.untilAddress("a", "192.168.0.200");
      const second = await stage.startLeader("second", { lease: SHORT_LEASE });
      await stage.until(second.isReady, "the second to be ready");
      await stage.createService("b");
      await stage.untilAddress("b", "192.168.0.201");
      assert.match(await first.registry.metrics(), /^lanlord_leader_is_leading 1$/m);
      const standby = await second.registry.metrics();
      assert.match(standby, /^lanlord_leader_is_leading 0$/m);
      assert.doesNotMatch(standby, /^lanlord_leader_actions_total\{/m);
      await first.stop();
      await stage.createService("c");
      await stage.untilAddress("c", "192.168.0.202");
      assert.match(await second.registry.metrics(), /^lanlord_leader_is_leading 1$/m);
      assert.equal(stage.addressOf("a"), "192.168.0.200");
      assert.equal(stage.toldAbout("a").length, 1);
    },
  },
  {
    name: "a leader whose watch lags gives out nothing that its predecessor has given out",
    run: async (stage) => {
      await stage.createService("waiting");
      await stage.configure(TUTORIAL);
      const options = { lease: SHORT_LEASE };
      const first = await stage.startLeader("first", options, refuseWrites("waiting"));
      await stage.until(() => first.logged.has("writeFailed"), "a refused write");
      const second = await stage.startLeader("second", options, lagUntilListedAgain);
      await stage.until(second.isReady, "the second to be ready");
      await stage.createService("named", { loadBalancerIP: "192.168.0.200" });
      await stage.untilAddress("named", "192.168.0.200");
      await first.stop();
      await stage.untilAddress("waiting", "192.168.0.201");
      assert.equal(stage.addressOf("named"), "192.168.0.200");
      assert.deepEqual(stage.toldAbout("named"), ['IPAllocated: Assigned IP "192.168.0.200"']);
    },
  },
  {
    name:
      "a leader that freezes between two writes leaves nothing that its successor cannot go on from",
    run: async (stage) => {
      await stage.configure(TUTORIAL);
      const names = Array.from({ length: 12 }, (_, i) => `s${i}`);
      for (const name of names) await stage.createService(name);
      const options = { lease: SHORT_LEASE, concurrency: 2 };
      const frozen = await stage.startLeader("frozen", options, (kube) => freezeAfter(kube, 5));
      const assigned = (): readonly string[] =>
        names.filter((name) => stage.addressOf(name) !== "");
      await stage.until(() => assigned().length === 5, "five addresses");
      const before = new Map(assigned().map((name) => [name, stage.addressOf(name)]));
      await stage.startLeader("successor", options);
      await stage.until(() => assigned().length === names.length, "all addresses");
      for (const [name, address] of before) assert.equal(stage.addressOf(name), address);
      assert.equal(new Set(names.map((name) => stage.addressOf(name))).size, names.length);
      await frozen.stop();
    },
  },
  {
    name: "writes that get no answer are made good without a second owner",
    run: async (stage) => {
      await stage.configure(TUTORIAL);
      const names = Array.from({ length: 6 }, (_, i) => `s${i}`);
      for (const name of names) await stage.createService(name);
      await stage.startLeader("leader", {}, loseSomeAnswers);
      const isDone = (): boolean => names.every((name) => stage.addressOf(name) !== "");
      await stage.until(isDone, "all addresses");
      assert.equal(new Set(names.map((name) => stage.addressOf(name))).size, names.length);
    },
  },
  {
    name: "a server that does not keep conditions is not asked again and again",
    run: async (stage) => {
      await stage.configure(TUTORIAL);
      const patches: number[] = [];
      const leader = await stage.startLeader("leader", {}, (kube) => dropStatus(kube, patches));
      await stage.createService("a", { loadBalancerIP: "172.16.0.1" });
      await stage.until(() => stage.toldAbout("a").length === 1, "an Event");
      await stage.createService("b");
      await stage.until(() => patches.length >= 4, "retries");
      const looks = /^metallb_k8s_client_updates_total (\d+)$/m.exec(
        await leader.registry.metrics(),
      );
      assert.ok(Number(looks?.[1]) < 50, looks?.[0]);
    },
  },
  {
    name: "a Service of a class is nobody else's business",
    run: async (stage) => {
      await stage.startLeader("leader", { lbClass: "example.org/ours" });
      await stage.configure(TUTORIAL);
      await stage.createService("theirs", { loadBalancerClass: "example.org/theirs" });
      await stage.createService("classless");
      await stage.createService("ours", { loadBalancerClass: "example.org/ours" });
      await stage.untilAddress("ours", "192.168.0.200");
      for (const name of ["theirs", "classless"]) {
        assert.equal(stage.addressOf(name), "");
        assert.deepEqual(stage.service(name)?.conditions, []);
      }
    },
  },
  {
    name: "a pool that goes takes its addresses with it, and the Service is told",
    run: async (stage) => {
      await stage.installKinds();
      await stage.createPool("one", ["10.0.1.1-10.0.1.9"]);
      await stage.createPool("two", ["10.0.2.1-10.0.2.9"]);
      await stage.startLeader("leader");
      await stage.createService("a");
      await stage.untilAddress("a", "10.0.1.1");
      await stage.deletePool("one");
      await stage.untilAddress("a", "10.0.2.1");
      await stage.untilTold("a", 'IPAllocated: Assigned IP "10.0.2.1"');
      await stage.untilTold(
        "a",
        'ClearAssignment: current IP for "default/a" not allowed by config, ' +
          'will attempt for new IP assignment: "10.0.1.1" is not allowed in config',
      );
      await stage.deletePool("two");
      await stage.untilAddress("a", "");
      const failure =
        'AllocationFailed: Failed to allocate IP for "default/a": no available IPs; ' +
        "to solve it: create an address pool: the configuration in force has none";
      await stage.untilTold("a", failure);
    },
  },
];

/** Tells all stories, each in a namespace of its own; Services of the one before are deleted. */
export async function tellStories(t: Deno.TestContext, open: () => OpenKube): Promise<void> {
  const all = [...STORIES, ...QUARANTINE_STORIES, ...SERVICE_ALLOCATION_STORIES];
  for (const [i, { name, run }] of all.entries()) {
    await t.step(name, async () => {
      await using stage = await LeaderStage.open(open(), `story-${i}`);
      await run(stage);
      await stage.deleteAll();
    });
  }
}

/** After so many status patches every further call hangs, as in a process that is frozen. */
function freezeAfter(kube: Kube, patches: number): Kube {
  let left = patches;
  return {
    request: (call, signal) => {
      if (left > 0 || signal.aborted) {
        if (/\/services\/[^/]+\/status$/.test(call.path)) left--;
        return kube.request(call, signal);
      }
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    stream: (call, signal) => kube.stream(call, signal),
  };
}

/** The server lets nobody write the status of this Service. */
function refuseWrites(name: string): (kube: Kube) => Kube {
  return (kube) => ({
    request: (call, signal) =>
      call.path.endsWith(`/${name}/status`)
        ? Promise.reject(
          new KubeError({
            verb: call.method,
            path: call.path,
            status: 403,
            reason: "Forbidden",
            detail: "as told",
          }),
        )
        : kube.request(call, signal),
    stream: (call, signal) => kube.stream(call, signal),
  });
}

/** The watch of Services says nothing until somebody asks for all of them a second time. */
function lagUntilListedAgain(kube: Kube): Kube {
  const { promise: isListedAgain, resolve } = Promise.withResolvers<void>();
  let lists = 0;
  return {
    request: (call, signal) => {
      if (call.method === "GET" && call.path.endsWith("/services") && ++lists > 1) resolve();
      return kube.request(call, signal);
    },
    stream: async function* (call, signal): AsyncGenerator<Json> {
      for await (const line of kube.stream(call, signal)) {
        if (call.path.endsWith("/services")) await Promise.race([isListedAgain, aborted(signal)]);
        yield line;
      }
    },
  };
}

/** Status patches reach the server without their status. */
function dropStatus(kube: Kube, patches: number[]): Kube {
  return {
    request: (call, signal) => {
      if (!call.path.endsWith("/status")) return kube.request(call, signal);
      patches.push(patches.length);
      return kube.request({ ...call, body: { metadata: {} } }, signal);
    },
    stream: (call, signal) => kube.stream(call, signal),
  };
}

/** Every second status patch is carried out, and its answer lost. */
function loseSomeAnswers(kube: Kube): Kube {
  let patches = 0;
  return {
    request: async (call, signal) => {
      const answer = await kube.request(call, signal);
      if (!call.path.endsWith("/status") || patches++ % 2 === 0) return answer;
      const { method: verb, path } = call;
      throw new KubeError({ verb, path, status: 0, reason: "Unreachable", detail: "test" });
    },
    stream: (call, signal) => kube.stream(call, signal),
  };
}
