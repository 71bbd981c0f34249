// deno-lint-ignore-file no-console
/**
 * How long the program takes to start, and what memory a leader with nothing to do has: from source, and compiled,
 * one after the other in turns. The API server is the one in memory, of this process.
 *
 *     deno run -A bench/start.ts [program...]     [the one that the tests compile]
 */
import { createApi, serveApi } from "../demo/api/mod.ts";
import { compiledLanlord } from "../tests/compiled/given.ts";
import { type ProcessUsage, readUsage } from "./process_usage.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const VERSION_RUNS = 10;
const LEADER_RUNS = 5;
/** After the first answer: by then the leader leads, and has read all there is. */
const REST_MS = 5_000;
/** As release/compile.ts builds in, for what is not compiled. */
const ENV = { DENO_V8_FLAGS: "--optimize-for-size", NO_COLOR: "1" };

interface Contestant {
  readonly name: string;
  readonly argv: readonly string[];
  readonly versionMs: number[];
  readonly healthMs: number[];
  readonly usage: ProcessUsage[];
}

/** Runs `version` to its end. */
async function timeVersion(argv: readonly string[]): Promise<number> {
  const [program = "", ...words] = argv;
  const began = performance.now();
  const { success } = await new Deno.Command(program, {
    args: [...words, "version"],
    env: ENV,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot run "${program} version"`);
  return performance.now() - began;
}

/** Starts a leader, waits until /healthz answers, and looks at it when it has come to rest. */
async function timeLeader(
  argv: readonly string[],
  kubeconfig: string,
): Promise<{ readonly ms: number; readonly usage: ProcessUsage }> {
  const [program = "", ...words] = argv;
  const port = freePort();
  const began = performance.now();
  const child = new Deno.Command(program, {
    args: [...words, "leader", "--kubeconfig", kubeconfig, "--http", `127.0.0.1:${port}`],
    env: ENV,
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    while (!await isHealthy(port)) await pause(2);
    const ms = performance.now() - began;
    await pause(REST_MS);
    return { ms, usage: await readUsage(child.pid) };
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    // It does not listen yet.
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function report(contestants: readonly Contestant[]): void {
  const columns = ["program", "version ms", "healthz ms", "RSS MB", "anonymous MB"];
  console.log(columns.map((cell, i) => i === 0 ? cell.padEnd(24) : cell.padStart(20)).join(""));
  const figures = contestants.map(({ versionMs, healthMs, usage }) => [
    median(versionMs),
    median(healthMs),
    median(usage.map(({ rssBytes }) => rssBytes)) / 1e6,
    median(usage.map(({ anonymousBytes }) => anonymousBytes)) / 1e6,
  ]);
  for (const [i, { name }] of contestants.entries()) {
    const cells = (figures[i] ?? []).map((figure, column) => {
      const ratio = figure / (figures[0]?.[column] ?? NaN);
      return `${figure.toFixed(1)} (${ratio.toFixed(2)})`.padStart(20);
    });
    console.log(name.padEnd(24) + cells.join(""));
  }
}

async function main(programs: readonly string[]): Promise<void> {
  const contestant = (name: string, ...argv: readonly string[]): Contestant => ({
    name: name.slice(-22),
    argv,
    versionMs: [],
    healthMs: [],
    usage: [],
  });
  const compiled = programs.length > 0 ? programs : [await compiledLanlord()];
  const contestants = [
    contestant("deno run", Deno.execPath(), "run", "-A", MAIN),
    ...compiled.map((path) => contestant(path, path)),
  ];
  const stop = new AbortController();
  const served = serveApi(createApi(), { hostname: "127.0.0.1", port: 0 }, stop.signal);
  const kubeconfig = await Deno.makeTempFile({ prefix: "lanlord-bench-" });
  try {
    await Deno.writeTextFile(kubeconfig, kubeconfigText(served.url));
    for (let run = 0; run < VERSION_RUNS; run++) {
      for (const { argv, versionMs } of contestants) versionMs.push(await timeVersion(argv));
    }
    for (let run = 0; run < LEADER_RUNS; run++) {
      for (const { argv, healthMs, usage: usages } of contestants) {
        const { ms, usage } = await timeLeader(argv, kubeconfig);
        healthMs.push(ms);
        usages.push(usage);
      }
    }
    report(contestants);
  } finally {
    stop.abort();
    await served.finished;
    await Deno.remove(kubeconfig);
  }
}

function kubeconfigText(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bench", cluster: { server } }],
    users: [{ name: "bench", user: {} }],
    contexts: [{ name: "bench", context: { cluster: "bench", user: "bench" } }],
    "current-context": "bench",
  });
}

if (import.meta.main) await main(Deno.args);
