/** What `--beside-metallb` changes for a speaker: when it is ready, and which L2Advertisements count. */
import { equal } from "node:assert/strict";
import { type Api, createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type Kube } from "../kube/mod.ts";
import { systemClock } from "../ops/clock.ts";
import { DEFAULT_TIMINGS } from "../speaker/mod.ts";
import { eventually } from "./eventually.ts";
import { defineKinds, resource, service } from "./kernel/cluster_objects.ts";
import { StagedKernel } from "./staged_kernel.ts";
import { runRole } from "./staged_role.ts";

const NAMESPACE = "metallb-system";
const ADVERTISEMENT = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/l2advertisements/lan`;
const FIRST = "192.168.0.200";
const SECOND = "192.168.0.201";

for (const besideMetallb of [true, false]) {
  const where = besideMetallb ? "beside MetalLB" : "otherwise";

  Deno.test(`${where} a speaker ${besideMetallb ? "is" : "need not be"} ready when it holds its addresses`, async () => {
    await using stage = await openStage();
    await using speaker = stage.start(besideMetallb);
    equal(await speaker.heldWhenReady, besideMetallb);
  });

  Deno.test(`${where} an L2Advertisement that is deleted ${besideMetallb ? "still counts" : "counts no more"}`, async () => {
    await using stage = await openStage();
    await using _speaker = stage.start(besideMetallb);
    await stage.until("the first is held", () => stage.kernel.has(FIRST));
    await stage.deleteAdvertisement();
    if (besideMetallb) {
      stage.api.load([service("second", SECOND)]);
      await stage.until("the second is held", () => stage.kernel.has(SECOND));
    } else {
      await stage.until("the first is let go", () => !stage.kernel.has(FIRST));
    }
    equal(stage.kernel.has(FIRST), besideMetallb);
  });

  Deno.test(`${where} a start without any L2Advertisement ${besideMetallb ? "keeps" : "lets go of"} what is held`, async () => {
    await using stage = await openStage();
    {
      await using _speaker = stage.start(besideMetallb);
      await stage.until("the first is held", () => stage.kernel.has(FIRST));
    }
    await stage.deleteAdvertisement();
    await using speaker = stage.start(besideMetallb);
    await speaker.heldWhenReady;
    if (!besideMetallb) await stage.until("the first is let go", () => !stage.kernel.has(FIRST));
    equal(stage.kernel.has(FIRST), besideMetallb);
  });
}

/** A node, one Service that has an address, and the pool that it is from. */
interface Stage extends AsyncDisposable {
  readonly api: Api;
  readonly kernel: StagedKernel;
  start(besideMetallb: boolean): RunningSpeaker;
  deleteAdvertisement(): Promise<void>;
  until(what: string, isReached: () => boolean): Promise<void>;
}

interface RunningSpeaker extends AsyncDisposable {
  /** Once it is ready: whether it held the first address by then. */
  readonly heldWhenReady: Promise<boolean>;
}

async function openStage(): Promise<Stage> {
  const api = createApi();
  await defineKinds({ api });
  api.load([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    resource("IPAddressPool", "lan", { addresses: ["192.168.0.200-192.168.0.250"] }),
    resource("L2Advertisement", "lan", { ipAddressPools: ["lan"] }),
    service("first", FIRST),
  ]);
  const kube = createClient(anonymousCredentials("http://api"), { fetch: api.fetch });
  const kernel = new StagedKernel("192.168.0.11");
  return {
    api,
    kernel,
    start: (besideMetallb) => startSpeaker(besideMetallb, kube, kernel),
    deleteAdvertisement: async () => {
      const { ok } = await api.fetch(`http://api${ADVERTISEMENT}`, { method: "DELETE" });
      equal(ok, true);
    },
    until: async (what, isReached) => {
      await eventually(what, 20, () => Promise.resolve(isReached() || undefined));
    },
    [Symbol.asyncDispose]: () => {
      kube[Symbol.dispose]();
      api.stop();
      return Promise.resolve();
    },
  };
}

function startSpeaker(besideMetallb: boolean, kube: Kube, kernel: StagedKernel): RunningSpeaker {
  const stop = new AbortController();
  const { promise: heldWhenReady, resolve } = Promise.withResolvers<boolean>();
  const health = { ready: () => resolve(kernel.has(FIRST)), beat: () => {} };
  const running = runRole(
    "speaker",
    { namespace: NAMESPACE, besideMetallb, timings: DEFAULT_TIMINGS },
    { kube, clock: systemClock, health, netlink: kernel },
    stop.signal,
  );
  return {
    heldWhenReady,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}
