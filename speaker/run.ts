import type { InForce } from "../config/mod.ts";
import { parseConflicts } from "../config/presence.ts";
import { createEvents, type Kube, registerEventMetrics } from "../kube/mod.ts";
import type { Netlink } from "../netlink/mod.ts";
import { createBell } from "../ops/bell.ts";
import type { Clock } from "../ops/clock.ts";
import type { Log } from "../ops/log.ts";
import type { Registry } from "../ops/prometheus.ts";
import type { Routes } from "../ops/serve.ts";
import { ApiView } from "./api_view.ts";
import { DesiredMemo } from "./desired/desired_memo.ts";
import { farewell } from "./desired/farewell.ts";
import type { OnCordon } from "./desired/members.ts";
import { Engine } from "./engine.ts";
import { HostWatch } from "./kernel/host_watch.ts";
import type { L2Mode } from "./l2_mode.ts";
import { createLook } from "./look.ts";
import type { OnStranger } from "./ownership/on_stranger.ts";
import { DEFAULT_TIMINGS, type Timings, TIMINGS_BESIDE_METALLB } from "./ownership/timings.ts";
import { requireKernel } from "./preflight.ts";
import { Presence } from "./presence.ts";
import { RememberedFile } from "./remembered/remembered_file.ts";
import { RememberedView } from "./remembered/remembered_view.ts";
import { lookWhenRung } from "./settle.ts";
import { ConflictBook } from "./stranger/conflict_book.ts";
import { ConflictTeller } from "./stranger/conflict_teller.ts";
import { type ConflictTimings, DEFAULT_CONFLICT_TIMINGS } from "./stranger/conflict_watch.ts";
import { ConfigurationStateWriter } from "./told/configuration_state_writer.ts";
import { History } from "./told/history.ts";
import { formatOwnership } from "./told/history_view.ts";
import { L2StatusWriter } from "./told/l2_status_writer.ts";
import { SpeakerMetrics } from "./told/metrics.ts";

export interface SpeakerOptions {
  /** Name of the Node this is. */
  readonly nodeName: string;
  /** Where the configuration and the presence Leases are. */
  readonly namespace: string;
  /** The ConfigMap that is read. */
  readonly configMapName: string;
  /** Serve only Services of this class; empty: those without one. */
  readonly lbClass: string;
  /** Times of the protocol; every node of a cluster should have the same. @default those of `besideMetallb` */
  readonly timings?: Timings;
  /**
   * MetalLB's speakers run on the same nodes, until they are stopped: claim slowly, be ready only when there is nothing
   * left to claim, and keep to L2Advertisements that are deleted.
   * @default false
   */
  readonly besideMetallb?: boolean;
  /** From one refreshing announcement to the next; 0 is none. @default timings.refreshMs */
  readonly gratuitousIntervalMs?: number;
  /** Whether held addresses are bound in the kernel, or answered for by this process. @default bind */
  readonly l2?: L2Mode;
  /** What a stranger that uses an address means; every node of a cluster should have the same. @default "yield" */
  readonly onStranger?: OnStranger;
  /**
   * Hand addresses over on every orderly stop, not only where the node says that it is for good. Where this process
   * answers, no kernel goes on when it stops: then always.
   * @default false
   */
  readonly releaseOnExit?: boolean;
  /** What a cordon of a node means for its addresses; every node of a cluster should have the same. @default "keep" */
  readonly onCordon?: OnCordon;
  /** How long an address that a stranger left stays set aside, in ms. @default 600000 */
  readonly quarantineMs?: number;
  /** Interfaces on which nothing is announced, by name. @default none */
  readonly isExcluded?: (interfaceName: string) => boolean;
  /** Folder that keeps what the API said, for a start while it is away. @default none: nothing is kept */
  readonly stateFolder?: string;
}

export interface SpeakerDeps {
  readonly kube: Kube;
  readonly netlink: Netlink;
  readonly clock: Clock;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly registry: Registry;
  readonly health: { ready(isReady: boolean): void; beat?(doing: string): void };
  /** Where `/ownership` is put. @default nowhere */
  readonly routes?: Routes;
}

/** How long the last words may take: Events, and the end of the presence Lease. */
const FAREWELL_MS = 2_000;

/**
 * Makes the network deliver addresses to this node until the signal aborts. What an earlier run left in the
 * kernel is taken up before the API is asked for anything, and while the API is away nothing moves but what
 * the wire moves.
 *
 * An ordinary stop leaves held addresses to the kernel: a start within their lifetime goes on as if nothing
 * had been. Where `farewell` says so other nodes take them over at once.
 *
 * @throws Error when the kernel refuses what nothing can be done without, with what would help
 */
export async function runSpeaker(
  options: SpeakerOptions,
  deps: SpeakerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { nodeName, namespace, isExcluded = () => false } = options;
  const { l2 = "bind", onStranger = "yield", besideMetallb = false } = options;
  const releaseOnExit = l2 === "respond" || options.releaseOnExit === true;
  const { clock, log, netlink, kube } = deps;
  const work = new AbortController();
  using stack = new DisposableStack();
  stack.defer(() => work.abort());
  const bell = createBell(clock);
  const onChange = bell.ring;
  const events = createEvents(kube, { component: "metallb-speaker", host: nodeName }, deps);
  registerEventMetrics(deps.registry, events);
  using route = netlink.openRoute();
  await requireKernel(l2, { netlink, route }, work.signal);
  const changes = netlink.monitor(work.signal);
  const metrics: SpeakerMetrics = new SpeakerMetrics(
    deps.registry,
    nodeName,
    () => engine.announced(),
  );
  const timings = timingsOf(options);
  const history = new History();
  const statuses: L2StatusWriter = new L2StatusWriter({
    ...deps,
    node: nodeName,
    namespace,
    metrics,
    announced: () => engine.announced(),
    isFirst: (address, service) => view.isFirst(address, service),
    owner: () => view.node(nodeName)?.meta,
  });
  const onEarlier = (text: string): void => {
    engine.resumeConflicts(onStranger === "yield" ? parseConflicts(text) : []);
    teller.tellNow();
  };
  const presenceDeps = { ...deps, onTried: onChange, onEarlier };
  const presence = new Presence(presenceDeps, { namespace, node: nodeName });
  const conflicts: ConflictBook = new ConflictBook({
    timings: conflictTimingsOf(options),
    doubtMs: { found: timings.linkFoundDoubtMs, up: timings.linkUpDoubtMs },
    entryOf: (key) => engine.table.entry(key),
    onChange: () => teller.request(),
  });
  using teller = new ConflictTeller({
    clock,
    reports: () => conflicts.reports(),
    tell: (text) => presence.setConflicts(text),
  });
  await using engine = new Engine({
    node: nodeName,
    conflicts,
    timings,
    l2,
    onStranger,
    netlink,
    route,
    clock,
    log,
    metrics,
    history,
    emit: events.emit,
    onInterfaces: onChange,
    onAnnounced: () => statuses.request(),
    isExcluded,
  }, work.signal);
  await engine.start();
  const ownState = new ConfigurationStateWriter(deps, {
    node: nodeName,
    namespace,
    owner: () => view.node(nodeName)?.meta,
  });
  const viewDeps = {
    ...deps,
    onChange,
    metrics: metrics.client,
    onConfiguration: (inForce: InForce) => ownState.set(inForce),
  };
  const view: ApiView = new ApiView(options, viewDeps, work.signal);
  const read = (path: string): string | undefined => netlink.readParameter(path);
  const host = new HostWatch({ ...deps, read });
  const { onCordon = "keep" } = options;
  const own = { node: nodeName, onCordon, releaseOnExit, besideMetallb };
  const { emit } = events;
  const memo = new DesiredMemo();
  const { stateFolder: folder, lbClass } = options;
  const about = { node: nodeName, namespace, lbClass };
  const file = folder === undefined
    ? undefined
    : new RememberedFile({ ...about, folder }, { ...deps, read });
  const memory = new RememberedView({ ...deps, node: nodeName, memo, file, onRecalled: onChange });
  const parts = { engine, view, memory, memo, presence, statuses, host, metrics };
  const looker = createLook(own, { ...deps, ...parts, emit });
  deps.routes?.set("/ownership", () =>
    formatOwnership({
      node: nodeName,
      history,
      desired: looker.latest(),
      stateOf: (address) => engine.table.entry(address)?.state,
      now: clock.now(),
      nowWall: clock.nowWall(),
    }));
  bell.ring();
  const follow = async (): Promise<void> => {
    for await (const change of changes) engine.onNetlink(change);
  };
  const tasks = [
    follow(),
    engine.keepLeases((held) => {
      looker.tellReady();
      deps.health.beat?.(doingOf(held, view.isSynced));
    }),
    presence.run(work.signal),
    lookWhenRung(looker.look, { bell, clock }, work.signal),
    statuses.run(work.signal),
    ownState.run(work.signal),
    ...file === undefined ? [] : [memory.run(work.signal)],
  ];
  try {
    await Promise.race([aborted(signal), ...tasks.map(neverEnding)]);
    const how = farewell(view.ownNode(nodeName), { releaseOnExit });
    log("info", "stopping", { addresses: how });
    if (how === "hand-over") {
      await engine.handOver();
      memory.forget();
      await statuses.removeAll(AbortSignal.timeout(FAREWELL_MS));
      await presence.remove(AbortSignal.timeout(FAREWELL_MS));
    }
    await events.flush(AbortSignal.timeout(FAREWELL_MS));
  } finally {
    work.abort();
    await Promise.allSettled([...tasks, view.ended(), host.ended()]);
  }
}

/** The speaker's life in one line, for people who ask the service manager. */
function doingOf(held: number, isSynced: boolean): string {
  const what = `Holding ${held} ${held === 1 ? "address" : "addresses"}`;
  return isSynced ? what : `${what}; waiting for the API server`;
}

function conflictTimingsOf({ quarantineMs }: SpeakerOptions): ConflictTimings {
  return quarantineMs === undefined
    ? DEFAULT_CONFLICT_TIMINGS
    : { ...DEFAULT_CONFLICT_TIMINGS, quarantineMs };
}

function timingsOf(options: SpeakerOptions): Timings {
  const usual = options.besideMetallb ? TIMINGS_BESIDE_METALLB : DEFAULT_TIMINGS;
  const { timings = usual, gratuitousIntervalMs: refreshMs = timings.refreshMs } = options;
  return { ...timings, refreshMs };
}

/** A task of the speaker ends only by failing, as long as nobody asked it to stop. */
async function neverEnding(task: Promise<void>): Promise<never> {
  await task;
  throw new Error("Cannot go on: a task of the speaker ended");
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}
