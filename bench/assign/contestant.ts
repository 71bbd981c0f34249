import { V8_FLAGS } from "../../release/compile.ts";
import type { MetallbAssets } from "../lab/metallb_build.ts";
import { METALLB_VERSION } from "../lab/metallb_build.ts";
import { NAMESPACE } from "../lab/api_objects.ts";

/** A leader that is measured, each time as a process of its own. */
export interface Contestant {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The folder of the custom resource definitions that it works with. */
  readonly crds: string;
}

const ROOT = new URL("../../", import.meta.url).pathname;

/** As its manifest runs it. */
export const LANLORD: Contestant = {
  name: "Lanlord",
  argv: [Deno.execPath(), "run", "-A", `${ROOT}main.ts`, "leader", "--http", "off"],
  env: { DENO_V8_FLAGS: V8_FLAGS },
  crds: `${ROOT}deploy/crds`,
};

/** MetalLB's controller, as its manifest runs it but for the webhooks, which nothing here could call. */
export function metallb(assets: MetallbAssets): Contestant {
  const own = ["--webhook-mode=disabled", "--disable-cert-rotation", `--port=${freePort()}`];
  return {
    name: `MetalLB ${METALLB_VERSION}`,
    argv: [assets.controller, ...own],
    env: { METALLB_NAMESPACE: NAMESPACE },
    crds: assets.crds,
  };
}

/** A leader that runs. */
export interface Running {
  readonly pid: number;
  /** Stops it in order, as an update would. */
  stop(): Promise<void>;
}

/** Starts a leader that dies with this process, all that it writes into a file. */
export function start(contestant: Contestant, kubeconfig: string, logFile: string): Running {
  const script = 'log=$1; shift; exec "$@" >> "$log" 2>&1';
  const program = ["sh", "-c", script, "sh", logFile, ...contestant.argv];
  const child = new Deno.Command("setpriv", {
    args: ["--pdeathsig", "KILL", "--", ...program],
    env: { ...contestant.env, KUBECONFIG: kubeconfig },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return {
    pid: child.pid,
    stop: async () => {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
