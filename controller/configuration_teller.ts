import type { InForce, Problem } from "../config/mod.ts";
import { formatIp } from "../ip/address.ts";
import type { EmitEvent } from "../kube/mod.ts";
import type { Log } from "../ops/log.ts";
import { newsOf } from "./configuration.ts";
import type { ControllerMetrics } from "./metrics.ts";
import { notesOnProblems } from "./problem_notes.ts";
import { type Quarantine, quarantineNews } from "./quarantine.ts";

/** Whom to tell. */
export interface ConfigurationTellerDeps {
  readonly log: Log;
  readonly metrics: ControllerMetrics;
  readonly emit: EmitEvent;
}

/** Says what is new about the configuration and the quarantine, once; to the log always, by Events while leading. */
export class ConfigurationTeller {
  readonly #deps: ConfigurationTellerDeps;
  #told: ReadonlySet<string> = new Set();
  #toldProblems: readonly Problem[] | undefined;

  constructor(deps: ConfigurationTellerDeps) {
    this.#deps = deps;
  }

  /** Events are told again from now on: to those who look at what another leader did. */
  forget(): void {
    this.#told = new Set();
    this.#toldProblems = undefined;
  }

  tell(before: InForce | undefined, now: InForce, { isLeading }: { isLeading: boolean }): void {
    if (before === undefined || !isSame(before, now)) {
      const { config, isStale } = now;
      this.#deps.metrics.configuration({ isLoaded: config !== undefined, isStale });
      this.#logNews(before, now);
    }
    if (isLeading) this.#emitNotes(now.problems);
  }

  /** What is new about the addresses that strangers use. */
  tellQuarantine(before: Quarantine, now: Quarantine): void {
    const { log } = this.#deps;
    for (const { kind, sighting } of quarantineNews(before, now)) {
      const address = formatIp(sighting.address);
      if (kind === "free") log("info", "quarantineOver", { address });
      else {
        const { mac, node } = sighting;
        log("warn", "addressQuarantined", { address, mac, node });
      }
    }
  }

  #logNews(before: InForce | undefined, now: InForce): void {
    const { log, metrics } = this.#deps;
    for (const news of newsOf(before, now)) {
      switch (news.kind) {
        case "loaded":
          log("info", "configLoaded", { pools: news.config.pools.length });
          break;
        case "stale":
          metrics.failed();
          log("error", "configStale", { error: news.message });
          break;
        case "recovered":
          log("info", "configRecovered");
          break;
        case "problem":
          log(news.severity === "error" ? "error" : "warn", "configProblem", {
            problem: news.text,
          });
          break;
        default:
          news satisfies never;
      }
    }
  }

  #emitNotes(problems: readonly Problem[]): void {
    if (this.#toldProblems === problems) return;
    this.#toldProblems = problems;
    const notes = notesOnProblems(problems);
    for (const note of notes) if (!this.#told.has(note.message)) this.#deps.emit(note);
    this.#told = new Set(notes.map(({ message }) => message));
  }
}

/** Whether there is nothing new: the parts of a state are the same values as long as nothing changes. */
function isSame(before: InForce, now: InForce): boolean {
  return before.config === now.config && before.isStale === now.isStale &&
    before.problems === now.problems && before.accepted === now.accepted &&
    before.rejected?.message === now.rejected?.message;
}
