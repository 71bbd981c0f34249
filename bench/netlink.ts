// deno-lint-ignore-file no-console
/**
 * 10,000 addresses on one link: added, renewed, listed and removed through netlink/, and added by `ip -batch` in
 * the same run for comparison. Works in a network namespace of its own, where it starts itself again.
 *
 *     deno run -A bench/netlink.ts [count]
 */
import assert from "node:assert/strict";
import { formatIp, type IpAddress } from "../ip/address.ts";
import { type InterfaceAddress, openNetlink, type Route } from "../netlink/mod.ts";

const FIRST: IpAddress = { family: "IPv4", value: 0xc6120000n }; // 198.18.0.0/15, RFC 2544
const LABEL = "bench0:vip";
const IFA_F_NOPREFIXROUTE = 0x200;
const INSIDE = "LANLORD_BENCH_NETNS";

interface Result {
  readonly what: string;
  readonly seconds: number;
}

async function main(): Promise<number> {
  if (Deno.env.get(INSIDE) !== "1") return await runInNamespace();
  const count = Number(Deno.args[0] ?? 10_000);
  await ip(["link", "add", "bench0", "type", "veth", "peer", "name", "bench1"]);
  await ip(["link", "set", "bench0", "up"]);
  await ip(["link", "set", "bench1", "up"]);
  const results = [...await measureNetlink(count), await measureIp(count)];
  console.log(`${count} addresses on one link\n`);
  console.log(`${"what".padEnd(24)}${"seconds".padStart(9)}${"µs each".padStart(10)}`);
  for (const { what, seconds } of results) {
    const each = (seconds / count * 1e6).toFixed(1);
    console.log(`${what.padEnd(24)}${seconds.toFixed(3).padStart(9)}${each.padStart(10)}`);
  }
  return 0;
}

async function runInNamespace(): Promise<number> {
  const args = ["--net", Deno.execPath(), "run", "-A", import.meta.filename ?? "", ...Deno.args];
  try {
    const child = new Deno.Command("unshare", { args, env: { [INSIDE]: "1" } }).spawn();
    // Without root `unshare` says so itself.
    return (await child.status).code;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error("Needs `unshare` of util-linux: not found");
    return 1;
  }
}

async function measureNetlink(count: number): Promise<readonly Result[]> {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  const link = (await route.listLinks(signal)).find(({ name }) => name === "bench0");
  assert.ok(link);
  const addresses = Array.from({ length: count }, (_, i) => vip(link.index, i));
  const results = [
    await measure("netlink: add", () => replace(route, addresses, signal)),
    await measure("netlink: renew", () => replace(route, addresses, signal)),
    await measure("netlink: dump", async () => {
      const found = await route.listAddresses(signal);
      assert.equal(found.filter(({ label }) => label === LABEL).length, count);
    }),
    await measure("netlink: remove", async () => {
      const outcomes = await route.deleteAddresses(addresses, signal);
      assert.ok(outcomes.every((outcome) => outcome === undefined));
    }),
  ];
  return results;
}

async function measureIp(count: number): Promise<Result> {
  const file = await Deno.makeTempFile();
  try {
    const lines = Array.from(
      { length: count },
      (_, i) =>
        `address replace ${formatIp(nth(i))}/32 dev bench0 label ${LABEL} valid_lft 300 ` +
        "preferred_lft 0 noprefixroute\n",
    );
    await Deno.writeTextFile(file, lines.join(""));
    return await measure("ip -batch: add", () => ip(["-batch", file]));
  } finally {
    await Deno.remove(file);
  }
}

async function replace(
  route: Route,
  addresses: readonly InterfaceAddress[],
  signal: AbortSignal,
): Promise<void> {
  const outcomes = await route.replaceAddresses(addresses, signal);
  assert.ok(outcomes.every((outcome) => outcome === undefined));
}

async function measure(what: string, work: () => Promise<void>): Promise<Result> {
  const start = performance.now();
  await work();
  return { what, seconds: (performance.now() - start) / 1000 };
}

async function ip(args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (!success) throw new Error(`Cannot run ip: ${new TextDecoder().decode(stderr)}`);
}

function nth(i: number): IpAddress {
  return { family: "IPv4", value: FIRST.value + BigInt(i) };
}

function vip(linkIndex: number, i: number): InterfaceAddress {
  return {
    linkIndex,
    address: nth(i),
    prefixLength: 32,
    scope: 0,
    flags: IFA_F_NOPREFIXROUTE,
    label: LABEL,
    proto: 77,
    preferredSeconds: 0,
    validSeconds: 300,
  };
}

if (import.meta.main) Deno.exit(await main());
