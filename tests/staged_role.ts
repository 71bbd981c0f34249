import { Registry } from "prom-client";
import { runController } from "../controller/mod.ts";
import type { Kube } from "../kube/mod.ts";
import { silentLog } from "../kube/testing.ts";
import type { Clock } from "../ops/clock.ts";
import type { Health } from "../ops/health.ts";
import { runSpeaker, type SpeakerOptions } from "../speaker/mod.ts";
import { StagedKernel } from "./staged_kernel.ts";

/** A role of the program. */
export type Role = "leader" | "speaker";

/** What a staged role works with. */
export interface RoleParts {
  readonly kube: Kube;
  readonly clock: Clock;
  readonly health: Pick<Health, "ready" | "beat">;
  /** The kernel of a speaker's node. @default one of its own */
  readonly netlink?: StagedKernel;
}

/** Runs a role in this process, silently, a speaker on node `n1`, until the signal aborts. */
export function runRole(
  role: Role,
  options: Pick<SpeakerOptions, "namespace"> & Partial<SpeakerOptions>,
  { netlink = new StagedKernel("192.168.0.11"), ...parts }: RoleParts,
  signal: AbortSignal,
): Promise<void> {
  const common = { configMapName: "config", lbClass: "", ...options };
  const deps = { ...parts, random: () => 0.5, log: silentLog, registry: new Registry() };
  return role === "leader"
    ? runController({ ...common, identity: "test" }, deps, signal)
    : runSpeaker({ nodeName: "n1", ...common }, { ...deps, netlink }, signal);
}
