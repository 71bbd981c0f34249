import { createClient, loadCredentials } from "../kube/mod.ts";
import { systemClock } from "../ops/clock.ts";
import { createLog } from "../ops/log.ts";
import { runControllers } from "./cluster/controllers.ts";
import { runNode } from "./cluster/node.ts";
import type { Part } from "./part.ts";
import { runRelay } from "./lan/relay.ts";
import { runWitness } from "./wire/witness.ts";

/** Where a part writes, and until when it plays. */
export interface PlayOptions {
  readonly write: (line: string) => void;
  readonly env: (name: string) => string | undefined;
  readonly signal: AbortSignal;
}

/** Plays one part until the signal aborts, or its work is done. @returns the exit code */
export async function play(part: Part, options: PlayOptions): Promise<number> {
  const { write, signal } = options;
  switch (part.kind) {
    case "relay":
      await runRelay(part, signal);
      return 0;
    case "witness":
      await runWitness(part, (line) => write(JSON.stringify(line)), signal);
      return 0;
    case "controllers":
      await withKube(part.kubeconfig, options, (deps) => runControllers(deps, signal));
      return 0;
    case "node":
      await withKube(part.kubeconfig, options, (deps) => runNode(part, deps, signal));
      return 0;
    case "fetch": {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(part.limitMs)]);
      const response = await fetch(part.url, { signal: limit });
      write((await response.text()).trimEnd());
      return response.ok ? 0 : 1;
    }
    default:
      return part satisfies never;
  }
}

async function withKube(
  kubeconfig: string,
  { write, env }: PlayOptions,
  work: (deps: Parameters<typeof runControllers>[0]) => Promise<void>,
): Promise<void> {
  const credentials = await loadCredentials({ kubeconfig, env });
  const nowWall = systemClock.nowWall;
  const log = createLog({ level: "info", format: "text", write, nowWall });
  using kube = createClient(credentials, { log, userAgent: "lanlord-demo" });
  await work({ kube, clock: systemClock, random: Math.random, log });
}
