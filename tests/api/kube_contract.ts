/**
 * What Lanlord's Kubernetes client and an API server owe each other. The same cases run over the
 * in-memory API server and over a real kube-apiserver, so that neither can drift from the other.
 */
import { DUTY_CASES } from "./kube_contract/duties.ts";
import { OBJECT_CASES } from "./kube_contract/objects.ts";
import { SELECTION_CASES } from "./kube_contract/selections.ts";
import { WATCH_CASES } from "./kube_contract/watches.ts";
import { type Case, createNamespace, type World } from "./kube_contract/world.ts";

/** Every case; each wants a world of its own. */
export const CASES: readonly Case[] = [
  ...OBJECT_CASES,
  ...WATCH_CASES,
  ...SELECTION_CASES,
  ...DUTY_CASES,
];

/** Runs one case in a fresh namespace, within a minute, and ends whatever it started. */
export async function runCase(
  { run }: Case,
  world: Omit<World, "namespace" | "signal">,
): Promise<void> {
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(new Error("The case took more than a minute")), 60_000);
  const namespace = `case-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await createNamespace(world.kube, namespace);
    await run({ ...world, namespace, signal: stop.signal });
  } finally {
    clearTimeout(limit);
    stop.abort(new DOMException("The case is over", "AbortError"));
  }
}
