import assert from "node:assert/strict";
import type { Link, Route } from "../../netlink/mod.ts";

/** Runs `ip` with these words. @throws Error with what it said when it fails */
export async function ip(words: string): Promise<void> {
  const args = words.split(" ");
  const { success, stderr } = await new Deno.Command("ip", { args }).output();
  if (!success) throw new Error(`Cannot run "ip ${words}": ${new TextDecoder().decode(stderr)}`);
}

/** Makes a pair of Ethernet links, wired to one another and up; disposing removes both, once. */
export async function vethPair(a: string, b: string): Promise<AsyncDisposable> {
  await ip(`link add ${a} type veth peer name ${b}`);
  await ip(`link set ${a} up`);
  await ip(`link set ${b} up`);
  await untilOperational(a, b);
  let removal: Promise<void> | undefined;
  return { [Symbol.asyncDispose]: () => removal ??= ip(`link del ${a}`) };
}

/** Waits until the links carry frames, which is a moment after they have a carrier. */
export async function untilOperational(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    while (await operstateOf(name) !== "UP");
  }
}

async function operstateOf(name: string): Promise<string> {
  const { stdout } = await new Deno.Command("ip", { args: ["-j", "link", "show", name] }).output();
  return JSON.parse(new TextDecoder().decode(stdout))[0].operstate;
}

/** The link of this name, which must be there. */
export async function linkNamed(route: Route, name: string): Promise<Link> {
  const links = await route.listLinks(new AbortController().signal);
  const link = links.find((other) => other.name === name);
  assert.ok(link, `want a link "${name}", found ${links.map((other) => other.name)}`);
  return link;
}
