import type { Lan } from "../lan/lan.ts";

/**
 * The network namespaces of a LAN, kept open: until they are closed the kernel removes none of them, and gives its
 * number to no other.
 */
export interface HeldNamespaces extends Disposable {
  /** By what the kernel calls them. */
  readonly names: readonly string[];
}

/** Opens the namespaces while they are there. */
export async function holdNamespaces(
  lan: Lan,
  machines: readonly string[],
): Promise<HeldNamespaces> {
  using opening = new DisposableStack();
  const names: string[] = [];
  for (const { pid } of [lan.hub, ...machines.map(lan.machine)]) {
    const path = `/proc/${pid}/ns/net`;
    opening.use(await Deno.open(path));
    names.push(await Deno.readLink(path));
  }
  const opened = opening.move();
  return { names, [Symbol.dispose]: () => opened.dispose() };
}

/**
 * Processes of this machine that are still in one of the namespaces. While there is none, closing them is the end of
 * them.
 */
export async function leftovers({ names }: HeldNamespaces): Promise<readonly string[]> {
  const left: string[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue;
    // Processes of others may not be looked at, and may end meanwhile.
    const namespace = await Deno.readLink(`/proc/${pid}/ns/net`).catch(() => "");
    if (names.includes(namespace)) left.push(`process ${pid}`);
  }
  return left;
}
