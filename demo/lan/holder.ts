/** A process whose only work is to keep a network namespace in being. */
export interface Holder extends AsyncDisposable {
  /** The holding process, as this process numbers it. */
  readonly pid: number;
}

/** How a namespace is made. */
export interface HoldOptions {
  /** Shell lines that run inside before the holder reports. */
  readonly setup: string;
  /** The holder of the PID namespace to live in. @default a new PID namespace, with this as its first process */
  readonly within?: Holder;
}

/** A machine that keeps to itself; IPv6 addresses are usable at once (no duplicate address detection). */
export const HOST_SETUP = sysctl("net/ipv6/conf/all/accept_dad", 0) +
  sysctl("net/ipv6/conf/default/accept_dad", 0);

/** A machine that forwards, and takes packets from wherever they come. */
export const ROUTER_SETUP = HOST_SETUP +
  sysctl("net/ipv4/ip_forward", 1) +
  sysctl("net/ipv6/conf/all/forwarding", 1) +
  sysctl("net/ipv4/conf/all/rp_filter", 0) +
  sysctl("net/ipv4/conf/default/rp_filter", 0);

/**
 * Starts a process in a network namespace of its own. It lives while its standard input, a pipe from this
 * process, is open: so it ends when this process ends, even by SIGKILL. Where it is the first process of a
 * PID namespace, the kernel then ends every other process in there.
 *
 * @throws Error with what `unshare` said
 */
export async function holdNamespace(options: HoldOptions): Promise<Holder> {
  const script = `${options.setup} echo ready; exec cat`;
  const held = ["--net", "--fork", "--kill-child", "--", "sh", "-c", script];
  const argv = options.within === undefined
    ? ["unshare", "--pid", ...held]
    : ["nsenter", "--target", `${options.within.pid}`, "--pid", "--no-fork", "unshare", ...held];
  const child = new Deno.Command(argv[0] ?? "", {
    args: argv.slice(1),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    // A session of its own: Ctrl-C at the terminal is for this process to handle.
    detached: true,
  }).spawn();
  const complaint = child.stderr.text();
  const stdout = child.stdout.getReader();
  const release = async (): Promise<void> => {
    await stdout.cancel();
    // Closing fails when the holder has already gone, which is what it is for.
    await child.stdin.close().catch(() => undefined);
    await child.status;
    await complaint;
  };
  const ready = await stdout.read();
  const pid = ready.done ? undefined : await childOf(child.pid);
  if (pid === undefined) {
    await release();
    throw new Error(`Cannot make a network namespace: ${(await complaint).trim()}`);
  }
  let released: Promise<void> | undefined;
  return { pid, [Symbol.asyncDispose]: () => released ??= release() };
}

/**
 * Sends a signal to the process that a machine's command became. `SIGKILL` may as well be sent to the child itself.
 *
 * @throws Deno.errors.NotFound when it has ended
 */
export async function signalInside(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  Deno.kill(await pidInside(child), signal);
}

/**
 * The process that a machine's command became, as this process numbers it.
 *
 * @throws Deno.errors.NotFound when it has ended
 */
export async function pidInside(child: Deno.ChildProcess): Promise<number> {
  const pid = await childOf(child.pid);
  if (pid === undefined) throw new Deno.errors.NotFound(`Cannot find ${child.pid}: it has ended`);
  return pid;
}

/** The only child of a process (proc_pid_children(5)). */
async function childOf(pid: number): Promise<number | undefined> {
  // A process that has just ended has no such file.
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`).catch(() => "");
  const first = text.trim().split(" ")[0] ?? "";
  return first === "" ? undefined : Number(first);
}

/** A shell line that sets a kernel parameter where the kernel has it. */
function sysctl(name: string, value: number): string {
  return `[ ! -e /proc/sys/${name} ] || echo ${value} > /proc/sys/${name};`;
}
