/**
 * A leader as a process of its own, with a Lease that is lost soon: `KUBECONFIG IDENTITY`. Its configuration,
 * its Lease and its class of Services have the name of the part before the dash.
 */
import { runController } from "../../controller/mod.ts";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { silentLog } from "../../kube/testing.ts";
import { systemClock } from "../../ops/clock.ts";
import { Registry } from "prom-client";

const [kubeconfig = "", identity = ""] = Deno.args;
const [namespace = ""] = identity.split("-");
const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
const kube = createClient(credentials, { clock: systemClock });
await runController(
  {
    namespace,
    configMapName: "config",
    lbClass: `example.org/${namespace}`,
    identity,
    lease: { leaseDurationMs: 2_000, renewDeadlineMs: 1_400, retryMs: 300 },
  },
  {
    kube,
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    registry: new Registry(),
    health: { beat: () => {}, ready: () => {} },
  },
  new AbortController().signal,
);
