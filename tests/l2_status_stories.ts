/** What ServiceL2Status objects have to do on any API server that has the kind. */
import assert from "node:assert/strict";
import { parseObject, pathOf } from "../kube/mod.ts";
import type { Json, Kube, KubeCall } from "../kube/mod.ts";
import { isObject, objectsAt } from "../kube/json.ts";
import { silentLog } from "../kube/testing.ts";
import type { Clock } from "../ops/clock.ts";
import { systemClock } from "../ops/clock.ts";
import { L2_STATUSES, type L2Status } from "../speaker/told/l2_status.ts";
import type { Announced } from "../speaker/told/l2_status_plan.ts";
import { L2StatusWriter } from "../speaker/told/l2_status_writer.ts";
import { eventually } from "./eventually.ts";

const NAMESPACE = "metallb-system";
const VIP = "192.168.0.200";

/** A clock that runs ten times as fast, for all that wait. */
const HASTY: Clock = {
  now: () => systemClock.now() * 10,
  nowWall: systemClock.nowWall,
  sleep: (ms, signal) => systemClock.sleep(ms / 10, signal),
};

/** One speaker's writer. */
interface StatusNode {
  /** Holds the address for these Services, on this interface; none: lets go of it. */
  announce(services: readonly string[], interfaceName?: string): void;
  /** Calls that were more than a look. */
  readonly writes: readonly KubeCall[];
  removeAll(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Tells the stories, on a server with the kind installed and the namespace `metallb-system`.
 *
 * @param kube a client that may do everything
 */
export async function tellL2StatusStories(t: Deno.TestContext, kube: Kube): Promise<void> {
  const nodes: StatusNode[] = [];
  const start = (name: string): StatusNode => {
    const node = startNode(name, kube);
    nodes.push(node);
    return node;
  };
  try {
    const n1 = start("n1");
    await t.step("a claim makes one object that says which node and interface", async () => {
      n1.announce(["whoami"]);
      await until(kube, ["default/whoami on n1 eth0"]);
    });
    await t.step("two Services that share an address have one each", async () => {
      n1.announce(["whoami", "other"]);
      await until(kube, ["default/other on n1 eth0", "default/whoami on n1 eth0"]);
    });
    await t.step("another interface is told in the same object", async () => {
      n1.announce(["whoami"], "eth1");
      await until(kube, ["default/whoami on n1 eth1"]);
    });
    const n2 = start("n2");
    await t.step("whoever takes over puts its own in place of the other's", async () => {
      n2.announce(["whoami"]);
      await until(kube, ["default/whoami on n2 eth0"]);
    });
    await t.step("the one that lost it takes nothing away but its own", async () => {
      n1.announce(["other"]);
      await until(kube, ["default/other on n1 eth0", "default/whoami on n2 eth0"]);
    });
    await t.step("a start with everything as it should be writes nothing", async () => {
      await n2.stop();
      const again = start("n2");
      again.announce(["whoami", "third"]);
      await until(kube, [
        "default/other on n1 eth0",
        "default/third on n2 eth0",
        "default/whoami on n2 eth0",
      ]);
      const created = again.writes.filter(({ method }) => method === "POST");
      assert.equal(created.length, 1, JSON.stringify(again.writes));
      await again.stop();
    });
    await t.step("a start takes away what an earlier run left and MetalLB forgot", async () => {
      await createForgotten(kube);
      start("n2").announce(["third"]);
      await until(kube, ["default/other on n1 eth0", "default/third on n2 eth0"]);
    });
    await t.step("a node that hands all over takes all its objects away", async () => {
      await n1.removeAll();
      await until(kube, ["default/third on n2 eth0"]);
    });
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

function startNode(name: string, kube: Kube): StatusNode {
  const writes: KubeCall[] = [];
  const stop = new AbortController();
  const announced: Announced[] = [];
  const writer = new L2StatusWriter({
    node: name,
    namespace: NAMESPACE,
    kube: {
      request: (call, signal) => {
        if (call.method !== "GET") writes.push(call);
        return kube.request(call, signal);
      },
      stream: (call, signal) => kube.stream(call, signal),
    },
    clock: HASTY,
    random: () => 0.5,
    log: silentLog,
    metrics: { l2StatusWritten: () => {} },
    announced: () => announced,
    isFirst: () => true,
    owner: () => undefined,
  });
  const running = writer.run(stop.signal);
  return {
    writes,
    announce: (services, interfaceName = "eth0") => {
      announced.splice(0, announced.length, {
        key: VIP,
        interfaceName,
        since: HASTY.now(),
        services: services.map((service) => ({
          apiVersion: "v1",
          kind: "Service",
          namespace: "default",
          name: service,
          uid: service,
        })),
      });
      writer.begin();
    },
    removeAll: () => {
      announced.length = 0;
      return writer.removeAll(AbortSignal.timeout(5_000));
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Waits until the server has exactly these, in order of Service: `namespace/name on node interface`. */
async function until(kube: Kube, want: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  await eventually(`statuses ${want.join(", ")}`, 15, async () => {
    seen = (await list(kube)).map(({ service, node, interfaces }) =>
      `${service} on ${node} ${interfaces.join()}`
    ).toSorted();
    return JSON.stringify(seen) === JSON.stringify(want) || undefined;
  }).catch((error) => {
    throw new Error(`found ${seen.join(", ")}`, { cause: error });
  });
}

async function list(kube: Kube): Promise<readonly L2Status[]> {
  const path = pathOf(L2_STATUSES, { namespace: NAMESPACE });
  const json = await kube.request({ method: "GET", path }, AbortSignal.timeout(5_000));
  return itemsOf(json).flatMap((item) => parseObject(L2_STATUSES, item) ?? []);
}

function itemsOf(json: Json): readonly Json[] {
  return isObject(json) ? objectsAt(json, "items") : [];
}

/** An object of MetalLB's that names a node of ours. */
async function createForgotten(kube: Kube): Promise<void> {
  const labels = {
    "metallb.io/node": "n2",
    "metallb.io/service-name": "gone",
    "metallb.io/service-namespace": "default",
  };
  const { apiVersion, kind } = L2_STATUSES;
  const body = { apiVersion, kind, metadata: { generateName: "l2-", labels }, spec: {} };
  const path = pathOf(L2_STATUSES, { namespace: NAMESPACE });
  await kube.request({ method: "POST", path, body }, AbortSignal.timeout(5_000));
}
