/** What a change costs the API server: requests of leaders, as docs/scale.md states them. */
import { deepEqual } from "node:assert/strict";
import { createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient } from "../kube/mod.ts";
import { LeaderStage } from "./leader_stage.ts";

const CONFIG = "address-pools: [{name: p, protocol: layer2, addresses: [10.0.0.0/24]}]";

/** Costs of an assignment. */
const ASSIGNED = ["PATCH services/NAME/status", "POST events"];

interface Row {
  readonly name: string;
  readonly change: (stage: LeaderStage) => Promise<void>;
  readonly want: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "a Service that gets an address",
    change: (stage) => stage.createService("a"),
    want: ASSIGNED,
  },
  {
    name: "a Service whose ports change",
    change: (stage) => stage.patchService("a", { spec: { ports: [{ port: 81 }] } }),
    want: [],
  },
  {
    name: "a Service whose labels change",
    change: (stage) => stage.patchService("a", { metadata: { labels: { x: "y" } } }),
    want: [],
  },
  {
    name: "a Service without a load balancer",
    change: (stage) => stage.createService("plain", { type: "ClusterIP" }),
    want: [],
  },
  { name: "a Service that is deleted", change: (stage) => stage.deleteService("a"), want: [] },
];

Deno.test("a change costs the API server no more requests than stated", async (t) => {
  const asked: string[] = [];
  const api = createApi({
    requestLog: ({ method, path, userAgent }) => {
      if (userAgent !== "leader" && userAgent !== "standby") return;
      const { pathname } = new URL(path, "http://api.test");
      const what = pathname.replace(/^.*\/namespaces\/[^/]+\//, "").replace(
        /services\/[^/]+/,
        "services/NAME",
      );
      if (method !== "GET" && !what.startsWith("leases")) asked.push(`${method} ${what}`);
    },
  });
  const open = (userAgent: string): Promise<ReturnType<typeof createClient>> =>
    Promise.resolve(
      createClient(anonymousCredentials("http://api.test"), { fetch: api.fetch, userAgent }),
    );
  await using stage = await LeaderStage.open(open, "metallb-system");
  await stage.configure(CONFIG);
  await stage.startLeader("leader");
  let number = 0;
  /** Something that is done after all that was to be done before. */
  const fence = async (): Promise<void> => {
    const name = `fence-${number++}`;
    await stage.createService(name);
    await stage.until(() => stage.toldAbout(name).length === 1, `an Event about ${name}`);
  };
  await fence();
  await stage.startLeader("standby");
  for (const { name, change, want } of ROWS) {
    await t.step(name, async () => {
      asked.length = 0;
      await change(stage);
      await fence();
      deepEqual(asked.toSorted(), [...want, ...ASSIGNED].toSorted());
    });
  }
  api.stop();
});
