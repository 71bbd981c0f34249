import type { Log } from "../ops/log.ts";
import type { ApiView } from "./api_view.ts";
import { desire, type DesiredAndNot } from "./desired/desired.ts";
import type { DesiredMemo } from "./desired/desired_memo.ts";
import { type Farewell, farewell } from "./desired/farewell.ts";
import { formatInterfaces } from "./desired/interfaces.ts";
import type { OnCordon } from "./desired/members.ts";
import { countRefusals, faultsToTell, refusalsToTell } from "./desired/not_eligible.ts";
import type { Engine } from "./engine.ts";
import { isSettled } from "./ownership/settled.ts";
import type { HostWatch } from "./kernel/host_watch.ts";
import type { Presence } from "./presence.ts";
import type { RememberedView } from "./remembered/remembered_view.ts";
import type { SpeakerNote } from "./told/event_reasons.ts";
import type { L2StatusWriter } from "./told/l2_status_writer.ts";
import type { SpeakerMetrics } from "./told/metrics.ts";

/** This node, and what its flags say of its end. */
export interface Own {
  readonly node: string;
  readonly onCordon: OnCordon;
  readonly releaseOnExit: boolean;
  /** Ready only when nothing is left to claim: MetalLB is then stopped. */
  readonly besideMetallb: boolean;
}

/** What a look reads, and whom it tells. */
export interface LookDeps {
  readonly engine: Engine;
  readonly view: ApiView;
  readonly presence: Presence;
  readonly host: HostWatch;
  readonly statuses: L2StatusWriter;
  readonly metrics: SpeakerMetrics;
  readonly memory: RememberedView;
  readonly memo: DesiredMemo;
  readonly emit: (note: SpeakerNote) => void;
  readonly log: Log;
  readonly health: { ready(isReady: boolean): void };
}

/** Looks, and knows what it saw. */
export interface Looker {
  readonly look: () => void;
  /** Tells when this node is ready; what the network says counts too, and rings no bell. */
  readonly tellReady: () => void;
  /** What the last look found; absent before the first, and before there was a memory to go by. */
  readonly latest: () => DesiredAndNot | undefined;
}

/** One look at everything: what this node has is told, and what the API says is handed to the engine. */
export function createLook(own: Own, lookDeps: LookDeps): Looker {
  const { engine, view, memory, memo, presence, statuses, host, log, health } = lookDeps;
  const { node, onCordon } = own;
  let previous: DesiredAndNot | undefined;
  let atStop: Farewell = "keep";
  const latest = (): DesiredAndNot | undefined => previous ?? memory.latest;
  const isSettledNow = (): boolean => {
    const known = latest();
    return known === undefined
      ? view.hasNothingToAnnounce
      : isSettled(known.claimable.keys(), (key) => engine.table.entry(key));
  };
  const tellReady = (): void => {
    if (view.isSynced && (!own.besideMetallb || isSettledNow())) health.ready(true);
  };
  const look = (): void => {
    const local = engine.network.faces;
    const self = view.ownNode(node);
    presence.setOwner(self.kind === "there" ? self.node.meta : undefined);
    // One write for both: every speaker is told of each.
    if (self.kind !== "unknown") presence.set(formatInterfaces(local));
    host.consider(local);
    const verdict = farewell(self, own);
    if (verdict !== atStop) log("info", "atStop", { addresses: verdict });
    atStop = verdict;
    tellReady();
    const snapshot = view.snapshot();
    if (snapshot === undefined || !presence.hasTried) {
      const desired = memory.desired({ local, held: engine.table.held() });
      if (desired !== undefined) engine.desire(desired, "first");
      return;
    }
    const desired = desire({ ...snapshot, node, onCordon, local }, memo);
    engine.desire(desired, previous === undefined ? "first" : "later");
    memory.replace(desired, local);
    statuses.begin();
    tellRefusals(desired, previous, node, lookDeps);
    previous = desired;
  };
  return { look, tellReady, latest };
}

/** What this node may not hold: metric, log, and Warnings at Services that no node announces. */
function tellRefusals(
  desired: DesiredAndNot,
  previous: DesiredAndNot | undefined,
  node: string,
  { metrics, emit, log }: LookDeps,
): void {
  metrics.notEligible(countRefusals(desired));
  for (const { level, fields } of refusalsToTell(desired, previous)) {
    log(level, "notEligible", fields);
  }
  for (const { about, reason, message } of faultsToTell(desired, previous, node)) {
    for (const service of about) emit({ about: service, type: "Warning", reason, message });
  }
}
