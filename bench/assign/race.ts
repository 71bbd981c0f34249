import { systemClock } from "../../ops/clock.ts";
import { type ProcessUsage, readUsage } from "../process_usage.ts";
import { requestsBetween } from "./api_requests.ts";
import { Arena } from "./arena.ts";
import { type Contestant, start } from "./contestant.ts";

/** What one leader did with so many Services. */
export interface Result {
  readonly contestant: string;
  readonly services: number;
  /** Absent where the Services had their addresses before it began. */
  readonly fromEmpty: FromEmpty | undefined;
  /** From the start of a second process until a Service without an address had one. */
  readonly restartMs: number;
  /** Addresses that the second process took away or exchanged. */
  readonly changes: number;
  /** Of the second process, some seconds later. */
  readonly afterRestart: ProcessUsage;
}

/** All Services had no address at first. */
export interface FromEmpty {
  /** From the start of the process to the first address. */
  readonly firstMs: number;
  /** From the first address to the last. */
  readonly tookMs: number;
  /** Some seconds later. */
  readonly usage: ProcessUsage;
  /** What the API server was asked for by then, most often first. */
  readonly requests: ReturnType<typeof requestsBetween>;
}

/** How long nothing new may be seen. MetalLB's second process needs two minutes for 3,000 Services. */
const PATIENCE_MS = 900_000;

/** After the last address: writes are over, and memory has come to rest. */
const REST_MS = 10_000;

/** Lets a leader assign addresses to so many Services, then stops it and starts it again. */
export async function race(
  contestant: Contestant,
  services: number,
  { isAssigned }: { readonly isAssigned: boolean },
): Promise<Result> {
  await using arena = await Arena.open(contestant.crds);
  const logFile = await Deno.makeTempFile({ prefix: "lanlord-bench-", suffix: ".log" });
  try {
    if (isAssigned) {
      await arena.createAssigned(0, services);
      await wanted(arena, services);
    } else await arena.createServices(0, services);
    const fromEmpty = isAssigned
      ? undefined
      : await assignAll(arena, contestant, { services, logFile });
    return {
      contestant: contestant.name,
      services,
      fromEmpty,
      ...await restart(arena, contestant, logFile),
    };
  } catch (error) {
    const log = (await Deno.readTextFile(logFile)).trimEnd().split("\n").slice(-10).join("\n");
    throw new Error(`${contestant.name}: ${error}\n${log}`, { cause: error });
  } finally {
    await Deno.remove(logFile);
  }
}

async function assignAll(
  arena: Arena,
  contestant: Contestant,
  run: { readonly services: number; readonly logFile: string },
): Promise<FromEmpty> {
  const before = await arena.requests();
  const begin = Date.now();
  const leader = start(contestant, arena.plane.kubeconfig, run.logFile);
  await wanted(arena, run.services);
  const [first = NaN] = arena.instants;
  const last = arena.instants.at(-1) ?? NaN;
  await rest();
  const usage = await readUsage(leader.pid);
  const requests = requestsBetween(before, await arena.requests());
  await leader.stop();
  return { firstMs: first - begin, tookMs: last - first, usage, requests };
}

async function restart(
  arena: Arena,
  contestant: Contestant,
  logFile: string,
): Promise<Pick<Result, "restartMs" | "changes" | "afterRestart">> {
  const { assigned, changes } = arena;
  await arena.createServices(assigned, assigned + 1);
  const begin = Date.now();
  const leader = start(contestant, arena.plane.kubeconfig, logFile);
  await wanted(arena, assigned + 1);
  const restartMs = (arena.instants.at(-1) ?? NaN) - begin;
  await rest();
  const afterRestart = await readUsage(leader.pid);
  await leader.stop();
  return { restartMs, changes: arena.changes - changes, afterRestart };
}

/** @throws Error when so many Services do not come to have addresses, each its own */
async function wanted(arena: Arena, count: number): Promise<void> {
  if (!await arena.untilAssigned(count, PATIENCE_MS)) {
    throw new Error(`Wanted ${count} Services with addresses, found ${arena.assigned}`);
  }
  if (arena.doubles > 0) throw new Error(`${arena.doubles} addresses were given out twice`);
}

function rest(): Promise<void> {
  return systemClock.sleep(REST_MS, new AbortController().signal);
}
