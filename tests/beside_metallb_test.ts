/** What `--beside-metallb` changes for a speaker: when it is ready, and which L2Advertisements count. */
import { equal } from "node:assert/strict";
import { Registry } from "prom-client";
import { type Api, createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient, type JsonObject, type Kube } from "../kube/mod.ts";
import { silentLog } from "../kube/testing.ts";
import { systemClock } from "../ops/clock.ts";
import { DEFAULT_TIMINGS, runSpeaker } from "../speaker/mod.ts";
import { eventually } from "./eventually.ts";
import { manifestObjects } from "./manifest.ts";
import { StagedKernel } from "./staged_kernel.ts";

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
      stage.api.load([serviceObject("second", SECOND)]);
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
  const kinds = await manifestObjects();
  api.load(kinds.filter(({ kind }) => kind === "CustomResourceDefinition"));
  api.load([
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    custom("IPAddressPool", { addresses: ["192.168.0.200-192.168.0.250"] }),
    custom("L2Advertisement", { ipAddressPools: ["lan"] }),
    serviceObject("first", FIRST),
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
  const options = { namespace: NAMESPACE, configMapName: "config", lbClass: "", nodeName: "n1" };
  const running = runSpeaker(
    { ...options, besideMetallb, timings: DEFAULT_TIMINGS },
    {
      kube,
      netlink: kernel,
      clock: systemClock,
      random: () => 0.5,
      log: silentLog,
      registry: new Registry(),
      health: { ready: () => resolve(kernel.has(FIRST)) },
    },
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

function custom(kind: string, spec: JsonObject): JsonObject {
  return {
    apiVersion: "metallb.io/v1beta1",
    kind,
    metadata: { namespace: NAMESPACE, name: "lan" },
    spec,
  };
}

function serviceObject(name: string, ip: string): JsonObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "default", name },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
    status: { loadBalancer: { ingress: [{ ip }] } },
  };
}
