/** What a process has used so far, and uses now. */
export interface ProcessUsage {
  /** Memory that is resident: its own and what it shares. */
  readonly rssBytes: number;
  /** Its own part of that: heaps and stacks, not files. */
  readonly anonymousBytes: number;
  /** The most that was ever resident. */
  readonly peakBytes: number;
  /** CPU time of all threads, user and system. Resolution 10 ms. */
  readonly cpuMs: number;
}

/** `USER_HZ`, which is 100 wherever Deno runs: times in /proc count in these. */
const TICKS_PER_SECOND = 100;

/** Looks at a process (proc_pid_status(5), proc_pid_stat(5)). @throws Deno.errors.NotFound when it has ended */
export async function readUsage(pid: number): Promise<ProcessUsage> {
  const [status, stat] = await Promise.all(
    ["status", "stat"].map((name) => Deno.readTextFile(`/proc/${pid}/${name}`)),
  );
  return parseUsage(status ?? "", stat ?? "");
}

/** Reads the texts of /proc/PID/status and /proc/PID/stat. */
export function parseUsage(status: string, stat: string): ProcessUsage {
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s*([0-9]+) kB$`, "m").exec(status)?.[1] ?? 0) * 1024;
  // The second field, the name in parentheses, may hold anything; what follows begins with the third.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = [Number(fields[11]), Number(fields[12])];
  return {
    rssBytes: bytes("VmRSS"),
    anonymousBytes: bytes("RssAnon"),
    peakBytes: bytes("VmHWM"),
    cpuMs: (utime + stime) * 1000 / TICKS_PER_SECOND,
  };
}
