import { type Family, formatIp, type IpAddress } from "../../ip/address.ts";
import type { Clock } from "../../ops/clock.ts";
import type { SpeakerMetrics } from "../told/metrics.ts";
import type { RespondMetrics } from "./respond_metrics.ts";
import type { Table } from "../ownership/table.ts";
import type { Timings } from "../ownership/timings.ts";

/** What a link layer needs to answer by itself. */
export interface Answering {
  readonly timings: Timings;
  readonly metrics: RespondMetrics;
  /** Whether the address is held on this link, now. */
  readonly holds: (address: IpAddress, linkIndex: number) => boolean;
  /** This process was silent for so long that `only`, or whatever is held there, may be another node's. */
  readonly onLapse: (linkIndex: number, only: string | undefined) => void;
}

export interface AnsweringDeps {
  readonly table: Table;
  readonly timings: Timings;
  readonly clock: Clock;
  readonly metrics: SpeakerMetrics;
  /** An address is to be given up. */
  readonly onLapsed: (key: string, now: number) => void;
}

/** Answers, in one family, for what the table holds. */
export function answeringFor(
  family: Family,
  { table, timings, clock, metrics, onLapsed }: AnsweringDeps,
): Answering {
  return {
    timings,
    metrics: metrics.respond,
    holds: (address, linkIndex) => {
      const entry = table.entry(formatIp(address));
      return entry?.state?.kind === "held" && entry.at.linkIndex === linkIndex;
    },
    onLapse: (linkIndex, only) => {
      const lapsed = [...table.held()].filter(({ at }) =>
        at.linkIndex === linkIndex && at.address.family === family &&
        (only === undefined || at.key === only)
      );
      for (const { at } of lapsed) onLapsed(at.key, clock.now());
    },
  };
}
