import { createApi, serveApi } from "../../demo/api/mod.ts";
import type { Api } from "../../demo/api/mod.ts";
import { kubectlPath } from "../../demo/control_plane/assets.ts";

/** What an in-memory API server and an ordinary kubectl do together. */
export interface KubectlStage extends AsyncDisposable {
  readonly api: Api;
  /** Later than before, for ages. */
  advance(ms: number): void;
  /** What kubectl prints. @throws Error when it fails, or says anything on its standard error */
  run(argv: readonly string[], options?: RunOptions): Promise<string>;
  /** The error that kubectl ends with. @throws Error when it succeeds */
  fail(argv: readonly string[], options?: RunOptions): Promise<string>;
  /** A kubectl that goes on printing. */
  start(argv: readonly string[]): RunningKubectl;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A kubectl that runs until it is disposed. */
export interface RunningKubectl extends AsyncDisposable {
  /** The next line that it prints. */
  line(): Promise<string>;
}

/** The wall clock of the stage at its start. */
export const START = Date.parse("2026-01-02T03:04:05Z");

/** Opens an API server on a free port of the loopback. */
export function openStage(): KubectlStage {
  let now = START;
  const stop = new AbortController();
  const api = createApi({ now: () => now, random: () => 0 });
  const { url, finished } = serveApi(api, { hostname: "127.0.0.1", port: 0 }, stop.signal);
  const cache = Deno.makeTempDirSync();
  const program = kubectlPath() ?? "kubectl";
  const command = (argv: readonly string[], options: RunOptions = {}): Deno.Command =>
    new Deno.Command(program, {
      args: ["--server", url, "--cache-dir", cache, ...argv],
      env: { ...options.env, KUBECONFIG: "/dev/null" },
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    });
  const output = async (argv: readonly string[], options: RunOptions = {}): Promise<Output> => {
    const child = command(argv, options).spawn();
    const result = child.output();
    if (options.stdin !== undefined) await new Blob([options.stdin]).stream().pipeTo(child.stdin);
    const { code, stdout, stderr } = await result;
    const utf8 = new TextDecoder();
    return { code, stdout: utf8.decode(stdout), stderr: utf8.decode(stderr) };
  };
  return {
    api,
    advance: (ms) => void (now += ms),
    async run(argv, options): Promise<string> {
      const { code, stdout, stderr } = await output(argv, options);
      if (code === 0 && stderr === "") return stdout;
      throw new Error(`kubectl ${argv.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    },
    async fail(argv, options): Promise<string> {
      const { code, stdout, stderr } = await output(argv, options);
      if (code !== 0) return stderr;
      throw new Error(`kubectl ${argv.join(" ")} succeeded: ${stdout}`);
    },
    start: (argv) => running(command(argv).spawn()),
    async [Symbol.asyncDispose](): Promise<void> {
      stop.abort();
      await finished;
      await Deno.remove(cache, { recursive: true });
    },
  };
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function running(child: Deno.ChildProcess): RunningKubectl {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    async line(): Promise<string> {
      for (;;) {
        const end = text.indexOf("\n");
        if (end >= 0) {
          const line = text.slice(0, end);
          text = text.slice(end + 1);
          return line;
        }
        const { value, done } = await reader.read();
        if (done) throw new Error(`kubectl ended after "${text}"`);
        text += value;
      }
    },
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill();
      await reader.cancel();
      await child.stderr.cancel();
      await child.status;
    },
  };
}

/** Lines without the blanks that only align columns. */
export function cells(table: string): readonly string[] {
  return table.trimEnd().split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, "|"));
}
