import type { Lan } from "../lan/lan.ts";

/** The network namespaces of a LAN, by what the kernel calls them. */
export type Held = readonly string[];

/** Notes the namespaces while they are there. */
export async function remember(lan: Lan, names: readonly string[]): Promise<Held> {
  const pids = [lan.hub.pid, ...names.map((name) => lan.machine(name).pid)];
  return await Promise.all(pids.map((pid) => Deno.readLink(`/proc/${pid}/ns/net`)));
}

/** Processes of this machine that are still in one of the namespaces: while there is none, the kernel has removed it. */
export async function leftovers(held: Held): Promise<readonly string[]> {
  const left: string[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue;
    // Processes of others may not be looked at, and may end meanwhile.
    const namespace = await Deno.readLink(`/proc/${pid}/ns/net`).catch(() => "");
    if (held.includes(namespace)) left.push(`process ${pid}`);
  }
  return left;
}
