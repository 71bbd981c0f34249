import { Registry } from "prom-client";
import { runController } from "../../controller/mod.ts";
import type { Kube } from "../../kube/mod.ts";
import { systemClock } from "../../ops/clock.ts";
import type { Player } from "./play.ts";

/** How long a step may take, in milliseconds: far more than it does. */
const PATIENCE_MS = 30_000;

/**
 * Lanlord's leader, in this process.
 *
 * @param open a client of its own for every start
 * @param calmMs how long nothing may change before a step is over
 */
export function lanlordPlayer(open: () => Kube & Disposable, calmMs: number): Player {
  let stop = (): Promise<void> => Promise.resolve();
  let lbClass = "";
  return {
    start: async (setup) => {
      lbClass = setup.lbClass;
      const kube = open();
      const end = new AbortController();
      const isReady = Promise.withResolvers<void>();
      const running = runController(
        { ...setup, configMapName: "config", identity: crypto.randomUUID() },
        {
          kube,
          clock: systemClock,
          random: Math.random,
          log: () => {},
          registry: new Registry(),
          health: { beat: () => {}, ready: (value) => value && isReady.resolve() },
        },
        end.signal,
      ).finally(() => kube[Symbol.dispose]());
      stop = async () => {
        end.abort();
        await running;
      };
      await Promise.race([isReady.promise, running]);
    },
    stop: async () => {
      await stop();
      stop = () => Promise.resolve();
    },
    settle: async (cluster, isAsWanted) => {
      await cluster.until(isAsWanted, PATIENCE_MS);
      await cluster.probe(lbClass);
      // What must not happen has no sign: it is given time to.
      for (let ms = 0; ms < calmMs; ms = cluster.quietMs()) {
        await systemClock.sleep(calmMs - ms, new AbortController().signal);
      }
    },
  };
}
