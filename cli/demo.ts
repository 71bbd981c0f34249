import { requireNamespaces } from "../demo/lan/namespaces.ts";
import { parsePart, PART_VARIABLE } from "../demo/part.ts";
import type { Command, FlagValues } from "./command.ts";
import { type Io, UsageError } from "./io.ts";

/** Set where the demo has started itself again inside a user namespace. */
const NESTED_VARIABLE = "LANLORD_DEMO_NESTED";

/** `lanlord demo`: the whole thing on this machine, without a cluster. */
export const DEMO: Command = {
  spec: {
    name: "demo",
    summary:
      "The whole thing on this machine, without a cluster: a LAN in network namespaces, an API " +
      "server,\none leader, three speakers, the tutorial, a power cut.",
    flags: [
      { name: "keep", text: "Leave it running at the end, with a kubeconfig, until Ctrl-C" },
      {
        name: "api",
        value: "KIND",
        text: "The API server: ours, or etcd and kube-apiserver (KUBEBUILDER_ASSETS)",
        choices: ["memory", "real"],
        fallback: "memory",
      },
      { name: "runs", value: "N", text: "How many power cuts", fallback: "1" },
      {
        name: "no-color",
        text: "Plain lines on a terminal too (also: NO_COLOR; the reverse: FORCE_COLOR)",
      },
    ],
    examples: [
      ["lanlord demo", "the story, in less than a minute"],
      ["lanlord demo --runs 20", "how long nobody answers after a crash, over 20 of them"],
      ["lanlord demo --keep", "then kubectl and curl by hand"],
    ],
  },
  run: async (flags, io) => {
    const part = io.env(PART_VARIABLE);
    if (part !== undefined) {
      const { play } = await import("../demo/play.ts");
      return await play(parsePart(part), { write: io.stdout, env: io.env, signal: io.signal });
    }
    const runs = parseRuns(flags.get("runs"));
    const access = await requireNamespaces();
    switch (access.kind) {
      case "ready":
        return await tell(flags, runs, io);
      case "user-namespace":
        return await nest(access.prefix, flags, io);
      case "missing":
        io.stderr(`lanlord demo: cannot run here: ${access.reason}`);
        return 1;
      default:
        return access satisfies never;
    }
  },
};

/** @throws UsageError when it is not a whole number from 1 to 1000 */
function parseRuns(text = ""): number {
  const runs = /^[0-9]{1,4}$/.test(text) ? Number(text) : 0;
  if (runs >= 1 && runs <= 1000) return runs;
  throw new UsageError(`--runs "${text}": want a whole number from 1 to 1000`);
}

async function tell(flags: FlagValues, runs: number, io: Io): Promise<number> {
  const [{ tellStory }, { createVoice }] = await Promise.all([
    import("../demo/story/story.ts"),
    import("../demo/story/voice.ts"),
  ]);
  const folder = await Deno.makeTempDir({ prefix: "lanlord-demo-" });
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  if (io.env(NESTED_VARIABLE) !== undefined) untilInputEnds().then(() => stop.abort());
  const mayColor = !flags.has("no-color") && io.env("NO_COLOR") === undefined;
  const hasColors = mayColor && (io.isTerminal || io.env("FORCE_COLOR") !== undefined);
  const api = flags.get("api") === "real" ? "real" : "memory";
  const isKept = flags.has("keep");
  const startedAt = performance.now();
  let isFailed = false;
  try {
    const voice = createVoice(io.stdout, hasColors);
    await tellStory({ self: selfWords(), env: io.env, folder, signal, api, runs, isKept, voice });
    io.stdout("");
    io.stdout(`Every step held. ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return 0;
  } catch (error) {
    if (signal.aborted) {
      io.stderr("lanlord demo: stopped, and taken down");
      return 130;
    }
    isFailed = true;
    io.stderr(`lanlord demo: ${error instanceof Error ? error.message : String(error)}`);
    io.stderr(`lanlord demo: logs are in ${folder}`);
    return 1;
  } finally {
    if (!isFailed) await Deno.remove(folder, { recursive: true });
  }
}

/** The words that start this program again: itself where it is compiled, else the runtime and the source. */
function selfWords(): readonly string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [Deno.execPath(), "run", "-A", new URL("../main.ts", import.meta.url).pathname];
}

/**
 * Runs the demo again inside a user namespace. It ends when its input does: when this process ends, in whatever way.
 */
async function nest(prefix: readonly string[], flags: FlagValues, io: Io): Promise<number> {
  io.stdout("Not root: going on as root of a user namespace.");
  const [program = "", ...words] = [...prefix, ...selfWords(), "demo"];
  const given = ["api", "runs"].map((name) => `--${name}=${flags.get(name)}`);
  const switches = ["keep", "no-color"].filter((name) => flags.has(name)).map((name) =>
    `--${name}`
  );
  const child = new Deno.Command(program, {
    args: [...words, ...given, ...switches],
    env: { [NESTED_VARIABLE]: "1" },
    stdin: "piped",
    stdout: "inherit",
    stderr: "inherit",
    detached: true,
  }).spawn();
  const stop = (): void => {
    child.stdin.close();
  };
  io.signal.addEventListener("abort", stop, { once: true });
  const { code } = await child.status;
  return code;
}

async function untilInputEnds(): Promise<void> {
  for await (const _ of Deno.stdin.readable);
}
