import { findProgram } from "../demo/control_plane/assets.ts";

/** A group of tests that need the same surroundings. */
export type Tier = "unit" | "sim" | "kernel" | "compiled" | "image" | "systemd" | "api" | "cluster";

/** All tiers, the quick ones first. */
export const TIERS: readonly Tier[] = [
  "unit",
  "sim",
  "kernel",
  "compiled",
  "image",
  "systemd",
  "api",
  "cluster",
];

/** The folders whose files have their tests beside them. */
const BESIDE = [
  "ip",
  "config",
  "kube",
  "netlink",
  "ops",
  "controller",
  "speaker",
  "convert",
  "explain",
  "cli",
  "demo",
  "bench",
  "release",
];

/** What `deno test` is given for a tier; paths are relative to the repository. */
export async function targetsOf(tier: Tier): Promise<readonly string[]> {
  // The simulator's own tests are quick: what takes minutes stands in a folder below.
  const folder = tier === "sim" ? "tests/sim/long" : `tests/${tier}`;
  if (tier !== "unit") return (await listFiles(folder)).filter(isTest);
  const own = [...await listFiles("tests"), ...await listFiles("tests/sim")].filter(isTest);
  const beside = [...BESIDE, "tests/bad_input", "tests/docs", "tests/parity", "tests/wire"];
  const present = await Promise.all(beside.map(hasFiles));
  return ["--doc", ...beside.filter((_, i) => present[i]), ...own];
}

/**
 * What runs as a process of its own, in this order: all of a tier, or each file where `WORKERS` at a time take
 * one after the other. The tests of these tiers wait more than they work, and some files take a hundred times
 * as long as others: so two workers take half as long as one, which two fixed shares do not.
 */
export function batchesOf(
  tier: Tier,
  targets: readonly string[],
): readonly (readonly string[])[] {
  return SIDE_BY_SIDE.includes(tier) ? targets.map((target) => [target]) : [targets];
}

/** How many batches of a tier run at a time. */
export const WORKERS = 2;

const SIDE_BY_SIDE: readonly Tier[] = ["kernel", "compiled"];

/** The tiers whose tests run in namespaces of their own. */
const PRIVATE: readonly Tier[] = ["kernel", "compiled", "image", "systemd"];

/**
 * The command that runs `argv` in the surroundings of a tier, to be killed with us. A tier that is private gets
 * network, mount and process namespaces of its own, in a user namespace where we are not root; where the
 * kernel refuses, their tests run without and skip themselves.
 */
export async function commandFor(tier: Tier, argv: readonly string[]): Promise<readonly string[]> {
  const mortal = findProgram("setpriv") ? ["setpriv", "--pdeathsig", "KILL", "--"] : [];
  if (!PRIVATE.includes(tier) || !await canUnshare()) return [...mortal, ...argv];
  // The shell stays, as the first process of the namespace: it takes the exit codes of orphans, which
  // keep their own namespaces from ending until somebody does.
  const script = 'ip link set lo up && LANLORD_TEST_NETNS=1 "$@"; code=$?; exit $code';
  return [...mortal, "unshare", ...namespaces(), "sh", "-c", script, "sh", ...argv];
}

function namespaces(): readonly string[] {
  const root = Deno.uid() === 0 ? [] : ["--user", "--map-root-user"];
  return [...root, "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"];
}

async function canUnshare(): Promise<boolean> {
  if (!findProgram("unshare") || !findProgram("ip")) return false;
  const { success } = await new Deno.Command("unshare", {
    args: [...namespaces(), "ip", "link", "set", "lo", "up"],
    stdout: "null",
    stderr: "null",
  }).output();
  return success;
}

async function hasFiles(folder: string): Promise<boolean> {
  return (await listFiles(folder)).length > 0;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.map(({ name }) => `${folder}/${name}`).filter((p) => p.endsWith(".ts")).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isTest(path: string): boolean {
  return path.endsWith("_test.ts");
}
