// deno-lint-ignore-file no-console
/**
 * What leader and speaker cost at rest: memory, and CPU over ten seconds in which nothing changes. Both run as in
 * production, against the API server in memory of this process; one speaker holds all addresses. Needs root, as the
 * demo does.
 *
 *     deno run -A bench/memory.ts [Services...]     [200 3000]
 *
 * `LANLORD_PROGRAM` names a compiled program to measure instead of the source.
 */
import { type Lan, type Machine, openLan } from "../demo/lan/lan.ts";
import { pidInside } from "../demo/lan/holder.ts";
import { type Part, PART_VARIABLE } from "../demo/part.ts";
import { openApi } from "../demo/story/api_access.ts";
import { createClient, type Kube, loadCredentials, pathOf } from "../kube/mod.ts";
import { programWords } from "../tests/program.ts";
import { type ProcessUsage, readUsage } from "./process_usage.ts";

const NAMESPACE = "metallb-system";
const NODE = "n1";
/** As release/compile.ts builds in. */
const V8_FLAGS = "--optimize-for-size";
const IDLE_MS = 10_000;
/** After the last address is held: announcements are over, and the first renewals and refreshes are through. */
const REST_MS = 15_000;

/** One process at rest. */
interface Measured {
  readonly role: string;
  readonly end: ProcessUsage;
  readonly cpuPercent: number;
}

async function measure(count: number): Promise<readonly Measured[]> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-bench-" });
  await using owned = new AsyncDisposableStack();
  owned.defer(() => Deno.remove(folder, { recursive: true }));
  const lan = owned.use(await openLan({ machines: { [NODE]: "192.168.0.11" } }));
  // An address of the pool is claimed where it is on the link.
  await lan.machine(NODE).run(["ip", "addr", "add", "10.128.0.1/16", "dev", "eth0"]);
  const start = (machine: Machine, args: readonly string[], env: Env): Deno.ChildProcess =>
    spawn(machine, args, { env, logFile: `${folder}/${args[0]}.log` });
  const relay = (part: Part): void => {
    start(lan.hub, ["demo"], { [PART_VARIABLE]: JSON.stringify(part) });
  };
  const api = owned.use(await openApi("memory", { folder, relay }));
  using kube = createClient(
    await loadCredentials({ kubeconfig: api.kubeconfig, env: () => undefined }),
  );
  await createObjects(kube, count);
  const env = { KUBECONFIG: api.kubeconfigOnLan, DENO_V8_FLAGS: V8_FLAGS };
  const processes = [
    { role: "leader", child: start(lan.hub, ["leader"], env) },
    {
      role: "speaker",
      child: start(
        lan.machine(NODE),
        ["speaker", "--node-name", NODE, "--state-dir", folder],
        env,
      ),
    },
  ];
  try {
    await untilHeld(lan, count);
    await pause(REST_MS);
    const pids = await Promise.all(processes.map(({ child }) => pidInside(child)));
    const before = await Promise.all(pids.map(readUsage));
    await pause(IDLE_MS);
    const after = await Promise.all(pids.map(readUsage));
    return processes.flatMap(({ role }, i) => {
      const [begin, end] = [before[i], after[i]];
      if (begin === undefined || end === undefined) return [];
      return [{ role, end, cpuPercent: (end.cpuMs - begin.cpuMs) / IDLE_MS * 100 }];
    });
  } catch (error) {
    for (const { role } of processes) {
      const text = await Deno.readTextFile(`${folder}/${role}.log`).catch(() => "");
      console.error(text.trimEnd().split("\n").slice(-10).join("\n"));
    }
    throw error;
  }
}

type Env = Readonly<Record<string, string>>;

/** Starts this program on a machine, all that it writes into a file. */
function spawn(
  machine: Machine,
  args: readonly string[],
  options: { readonly env: Env; readonly logFile: string },
): Deno.ChildProcess {
  const shell = ["sh", "-c", 'log=$1; shift; exec "$@" >> "$log" 2>&1', "sh", options.logFile];
  const argv = [...shell, ...programWords(), ...args];
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  return machine.command(argv, { ...quiet, env: { ...options.env } }).spawn();
}

async function createObjects(kube: Kube, count: number): Promise<void> {
  const post = async (plural: string, namespace: string, body: Body): Promise<void> => {
    const path = pathOf({ apiVersion: "v1", plural }, { namespace });
    await kube.request({ method: "POST", path, body }, AbortSignal.timeout(30_000));
  };
  await post("namespaces", "", { metadata: { name: NAMESPACE } });
  await post("nodes", "", { metadata: { name: NODE } });
  await post("configmaps", NAMESPACE, {
    metadata: { name: "config" },
    data: {
      config: "address-pools: [{name: p, protocol: layer2, addresses: [10.128.1.0-10.128.250.0]}]",
    },
  });
  for (let i = 0; i < count; i++) {
    await post("services", "default", {
      metadata: { name: `s${i}`, labels: { app: `s${i}` } },
      spec: {
        type: "LoadBalancer",
        // There are fewer node ports than Services.
        allocateLoadBalancerNodePorts: false,
        selector: { app: `s${i}` },
        ports: [{ port: 80 }],
      },
    });
  }
}

type Body = Parameters<Kube["request"]>[0]["body"] & object;

/** Waits until the node's kernel has all addresses. @throws Error when it has not in a minute */
async function untilHeld(lan: Lan, count: number): Promise<void> {
  const end = performance.now() + 60_000;
  let held = 0;
  while (held < count) {
    if (performance.now() > end) throw new Error(`Wanted ${count} addresses held, found ${held}`);
    await pause(250);
    const { stdout } = await lan.machine(NODE).run(["ip", "-o", "-4", "addr", "show"]);
    held = stdout.split("\n").filter((line) => / 10\.128\.[0-9.]+\/32 /.test(line)).length;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell, i) => i === 0 ? `${cell}`.padEnd(9) : `${cell}`.padStart(11)).join("");
}

if (import.meta.main) {
  const counts = Deno.args.length === 0 ? [200, 3_000] : Deno.args.map(Number);
  console.log(row(["role", "Services", "RSS MB", "anonymous", "peak MB", "idle CPU %"]));
  const mega = (bytes: number): string => (bytes / 1e6).toFixed(1);
  for (const count of counts) {
    for (const { role, end, cpuPercent } of await measure(count)) {
      const sizes = [end.rssBytes, end.anonymousBytes, end.peakBytes].map(mega);
      console.log(row([role, count, ...sizes, cpuPercent.toFixed(1)]));
    }
  }
}
