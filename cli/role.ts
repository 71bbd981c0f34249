import { createClient, type Kube, loadCredentials } from "../kube/mod.ts";
import { openUnixSender } from "../netlink/mod.ts";
import { type Clock, systemClock } from "../ops/clock.ts";
import { createHealth, type Health } from "../ops/health.ts";
import { createLog, type Log, LOG_LEVELS, type LogLevel } from "../ops/log.ts";
import { createRegistry } from "../ops/metrics.ts";
import { createNotifier, NO_NOTIFIER, type Notifier } from "../ops/notify.ts";
import type { Registry } from "../ops/prometheus.ts";
import { type Listen, type Routes, serveOps } from "../ops/serve.ts";
import { parseSupervisor } from "../ops/supervision.ts";
import type { FlagValues } from "./command.ts";
import { type Flag, NAMESPACE_NAME, OBJECT_NAME } from "./flags.ts";
import { type Io, UsageError } from "./io.ts";
import { VERSION } from "./version.ts";

/** The flags that say which cluster, and where in it Lanlord is. */
export const CLUSTER_FLAGS: readonly Flag[] = [
  {
    name: "kubeconfig",
    value: "FILE",
    text: "How to reach the cluster; else KUBECONFIG, the pod's service account, ~/.kube/config",
  },
  {
    name: "namespace",
    value: "NAME",
    text: "Where the configuration and the Leases are",
    env: "LANLORD_NAMESPACE",
    fallback: "metallb-system",
    form: NAMESPACE_NAME,
  },
  {
    name: "config",
    value: "NAME",
    text: "The ConfigMap that is read, as MetalLB v0.12 and before",
    fallback: "config",
    form: OBJECT_NAME,
  },
  {
    name: "lb-class",
    value: "CLASS",
    text: "Serve only Services with this spec.loadBalancerClass; else only those without one",
  },
];

/** The flags that leader and speaker share. */
export const ROLE_FLAGS: readonly Flag[] = [
  ...CLUSTER_FLAGS,
  {
    name: "http",
    value: "[HOST]:PORT",
    text: 'Serve /metrics, /healthz, /readyz and a speaker\'s /ownership there; "off": nowhere',
    fallback: ":7472",
  },
  {
    name: "log-level",
    value: "LEVEL",
    text: "Least level that is written",
    choices: LOG_LEVELS,
    fallback: "info",
  },
];

/** What every role works with. */
export interface RoleDeps {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly registry: Registry;
  readonly health: Health;
  /** What is served beside metrics and probes; the work may add to it. */
  readonly routes: Routes;
}

/** The options that every role takes. */
export interface RoleOptions {
  readonly namespace: string;
  readonly configMapName: string;
  /** Empty: Services without a class. */
  readonly lbClass: string;
}

/** The values of the shared flags that the roles' own code is given. */
export function roleOptions(flags: FlagValues): RoleOptions {
  return {
    namespace: flags.get("namespace") ?? "",
    configMapName: flags.get("config") ?? "",
    lbClass: flags.get("lb-class") ?? "",
  };
}

/**
 * Runs one role from its flags until `io.signal` aborts: log, client, metrics and probes first, the work,
 * then everything closed in reverse order.
 *
 * @returns 0 after an orderly stop
 */
export async function runRole(
  role: "leader" | "speaker",
  flags: FlagValues,
  io: Io,
  work: (deps: RoleDeps, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const listen = parseListen(flags.get("http") ?? "");
  const credentials = await loadCredentials({ kubeconfig: flags.get("kubeconfig"), env: io.env });
  // A token that cannot be had ends the start with one sentence, and not every request with another.
  await credentials.token("send");
  const log = createLog({
    level: levelOf(flags.get("log-level")),
    format: io.isTerminal ? "text" : "json",
    write: io.stdout,
    nowWall: systemClock.nowWall,
  });
  const registry = createRegistry({ version: VERSION, role });
  await using stack = new AsyncDisposableStack();
  const notifier = openNotifier(io, log, stack);
  const health = createHealth({ now: systemClock.now, livenessMs: 30_000, notifier });
  const routes: Routes = new Map();
  using kube = createClient(credentials, { clock: systemClock, log });
  const serving = new AbortController();
  const server = listen === undefined
    ? undefined
    : serveOps(listen, { registry, health, routes }, serving.signal);
  io.signal.addEventListener("abort", notifier.stopping, { once: true });
  log("info", "started", {
    role,
    version: VERSION,
    server: credentials.server,
    port: server?.port,
  });
  try {
    const clock = systemClock;
    await work(
      { kube, clock, random: Math.random, log, registry, health, routes },
      io.signal,
    );
  } finally {
    serving.abort();
    await server?.finished;
  }
  log("info", "stopped", { role });
  return 0;
}

/** Speaks to the service manager where one wants to hear, and only then opens anything. */
function openNotifier(io: Io, log: Log, stack: AsyncDisposableStack): Notifier {
  const supervisor = parseSupervisor(io.env, Deno.pid);
  if (supervisor === undefined) return NO_NOTIFIER;
  const sender = stack.use(openUnixSender(supervisor.socket));
  const { watchdogMs } = supervisor;
  return createNotifier({ send: sender.send, watchdogMs, now: systemClock.now, log });
}

/**
 * Reads `HOST:PORT`, `:PORT` or `off`.
 *
 * @throws UsageError for anything else
 */
export function parseListen(text: string): Listen | undefined {
  if (text === "off") return undefined;
  const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[^:\[\]]*):(?<port>[0-9]{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (match === null || port > 65_535) {
    throw new UsageError(`--http "${text}": want HOST:PORT, :PORT or off, such as ":7472"`);
  }
  const host = (match.groups?.host ?? "").replace(/^\[|\]$/g, "");
  return { hostname: host === "" ? undefined : host, port };
}

function levelOf(text: string | undefined): LogLevel {
  return LOG_LEVELS.find((level) => level === text) ?? "info";
}
