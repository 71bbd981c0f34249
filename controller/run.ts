import { createEvents, type Events, lead, registerEventMetrics } from "../kube/mod.ts";
import { createBell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import { type ControllerDeps, type ControllerOptions, Leader } from "./leader.ts";
import { watchWorld } from "./world.ts";

/** The Lease that leaders contend for. */
export const LEADER_LEASE = "lanlord-leader";

/** The component in the leader's Events. */
export const LEADER_COMPONENT = "metallb-controller";

/** How long the whole way out may take: writes, release of the Lease and the last Events. */
const STOP_MS = 1_800;

/**
 * Runs a leader until the signal aborts: keeps caches warm, stands for the Lease, and while it is held
 * writes what was decided. Ready as soon as the caches are, standing by or not. On the way out writes
 * under way are awaited, the Lease is released and the last Events are written, all within two seconds even
 * where nobody answers.
 */
export async function runController(
  options: ControllerOptions,
  deps: ControllerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { kube, clock, log } = deps;
  const stop = new AbortController();
  const events = createEvents(kube, { component: LEADER_COMPONENT }, deps);
  registerEventMetrics(deps.registry, events);
  const bell = createBell(clock);
  const at = { namespace: options.namespace, configMapName: options.configMapName };
  const world = watchWorld(at, { ...deps, onChange: bell.ring }, stop.signal);
  const leader = new Leader(options, deps, { bell, world, events });
  let stoppedAt = Infinity;
  const onAbort = (): void => {
    stoppedAt = clock.now();
    stop.abort(signal.reason);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const tasks = [
    leader.run(stop.signal),
    stand(leader, options, deps, stop.signal),
  ];
  try {
    await Promise.all(tasks);
  } finally {
    stop.abort();
    await Promise.allSettled(tasks);
    signal.removeEventListener("abort", onAbort);
    deps.health.ready(false);
    await flush(events, clock, Math.min(stoppedAt, clock.now()) + STOP_MS);
    await world.ended;
    log("debug", "controllerEnded", { identity: options.identity });
  }
}

/** Candidates only once the caches are complete: a leader that knows nothing would keep others out. */
async function stand(
  leader: Leader,
  options: ControllerOptions,
  deps: ControllerDeps,
  signal: AbortSignal,
): Promise<void> {
  await leader.synced;
  if (signal.aborted) return;
  const { namespace, identity, lease } = options;
  const candidate = { namespace, name: LEADER_LEASE, identity, ...lease };
  await lead(deps.kube, candidate, deps, signal, (leadership) => leader.lead(leadership));
}

async function flush(events: Events, clock: Clock, until: number): Promise<void> {
  const limit = new AbortController();
  const done = new AbortController();
  clock.sleep(Math.max(0, until - clock.now()), done.signal).then(() =>
    limit.abort(new Error("The last Events took long"))
  );
  await events.flush(limit.signal);
  done.abort();
}
