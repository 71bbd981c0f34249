import { systemClock } from "../../ops/clock.ts";
import { eventually } from "../eventually.ts";
import type { Player } from "./play.ts";

/** How long MetalLB is given after the last change that is seen, in milliseconds. */
const CALM_MS = 1_500;

/** How a controller of MetalLB is run. */
export interface MetallbOptions {
  /** Path of the program. */
  readonly program: string;
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** Where it writes its log; replaced at each start. */
  readonly log: string;
}

/** MetalLB's own controller, as a process. It has no webhooks: these need a name in the cluster's DNS. */
export function metallbPlayer({ program, kubeconfig, log }: MetallbOptions): Player {
  let child: Deno.ChildProcess | undefined;
  return {
    start: async ({ namespace, lbClass }) => {
      const port = freePort();
      const flags = [
        "--webhook-mode=disabled",
        "--disable-cert-rotation",
        `--port=${port}`,
        `--lb-class=${lbClass}`,
      ];
      const script = 'log=$1; shift; exec "$@" > "$log" 2>&1';
      const argv = ["sh", "-c", script, "sh", log, program, ...flags];
      child = new Deno.Command("setpriv", {
        args: ["--pdeathsig", "KILL", "--", ...argv],
        env: { KUBECONFIG: kubeconfig, METALLB_NAMESPACE: namespace },
        stdin: "null",
      }).spawn();
      await eventually("MetalLB's controller to serve its metrics", 30, async () => {
        const url = `http://127.0.0.1:${port}/metrics`;
        const text = await fetch(url).then((answer) => answer.text(), () => "");
        return text.includes("metallb_k8s_client_config_loaded_bool") || undefined;
      });
    },
    stop: async () => {
      child?.kill("SIGTERM");
      await child?.status;
      child = undefined;
    },
    settle: async (cluster) => {
      const startedAt = performance.now();
      const passedMs = (): number => Math.min(cluster.quietMs(), performance.now() - startedAt);
      for (let ms = 0; ms < CALM_MS; ms = passedMs()) {
        await systemClock.sleep(CALM_MS - ms, new AbortController().signal);
      }
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
