// deno-lint-ignore-file no-console
/**
 * How soon an ARP request is answered: by the kernel for the node's own address, and for a held address with
 * `--l2 bind` and `--l2 respond`, asked in turns from another machine of a LAN in network namespaces. Needs root.
 *
 *     deno run -A bench/answer.ts [count]
 */
import assert from "node:assert/strict";
import { arpAnswer, arpRequest, type Asker } from "../demo/wire/arp_frame.ts";
import { type IpAddress, parseIp } from "../ip/address.ts";
import { openNetlink, type PacketSocket } from "../netlink/mod.ts";
import { openSpeakerLan } from "../tests/kernel/speaker_lan.ts";

const OWN = "192.168.0.11";
const VIP = "192.168.0.200";
const ASKER = "LANLORD_BENCH_ASKER";
/** An answer later than this is missing. */
const LIMIT_MS = 1_000;

/** Milliseconds from question to answer, in the order asked. */
type Latencies = Readonly<Record<typeof OWN | typeof VIP, readonly number[]>>;

async function main(): Promise<void> {
  const count = Number(Deno.args[0] ?? 2_000);
  if (Deno.env.get(ASKER) === "1") return console.log(JSON.stringify(await askInTurns(count)));
  console.log(`${count} questions each, one at a time; µs`);
  console.log(`${"answered by".padEnd(34)}${"p50".padStart(8)}${"p99".padStart(8)}   p50 ratio`);
  for (const mode of ["bind", "respond"] as const) {
    const latencies = await measure(mode, count);
    const base = quantile(latencies[OWN], 0.5);
    show(`kernel, the node's own address`, latencies[OWN], base);
    show(`--l2 ${mode}, a held address`, latencies[VIP], base);
  }
}

/** One node with a speaker that holds the address, and a client that asks. */
async function measure(mode: "bind" | "respond", count: number): Promise<Latencies> {
  await using lan = await openSpeakerLan();
  await lan.start("n1", ["--l2", mode]);
  await lan.assign("whoami", VIP);
  assert.equal(await lan.settled(VIP), "n1");
  const argv = [Deno.execPath(), "run", "-A", import.meta.filename ?? "", `${count}`];
  const { stdout, stderr } = await lan.client.run(argv, { env: { [ASKER]: "1" } });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

async function askInTurns(count: number): Promise<Latencies> {
  const { signal } = new AbortController();
  await using netlink = openNetlink();
  using route = netlink.openRoute();
  const link = (await route.listLinks(signal)).find(({ name }) => name === "eth0");
  assert.ok(link?.mac);
  using socket = netlink.openPacket(link.index, "arp");
  const asker: Asker = { mac: link.mac, address: parse("192.168.0.99") };
  const found = { [OWN]: new Array<number>(), [VIP]: new Array<number>() };
  for (let n = 0; n < count; n++) {
    for (const address of [OWN, VIP] as const) {
      found[address].push(ask(socket, asker, parse(address)));
      // Its own work, of other processes as well, gets a turn between two questions.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  return found;
}

/** Looks for the answer without pause, so that waiting is not measured as well. */
function ask(socket: PacketSocket, asker: Asker, address: IpAddress): number {
  while (socket.receive() !== undefined);
  const request = arpRequest(asker, address);
  const startedAt = performance.now();
  socket.send(request);
  for (;;) {
    const frame = socket.receive();
    const tookMs = performance.now() - startedAt;
    if (frame !== undefined && arpAnswer(frame, asker, address) !== undefined) return tookMs;
    assert.ok(tookMs < LIMIT_MS, "an answer is missing");
  }
}

function show(what: string, latencies: readonly number[], base: number): void {
  const us = (ms: number): string => (1_000 * ms).toFixed(1).padStart(8);
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  console.log(`${what.padEnd(34)}${us(p50)}${us(p99)}   ${(p50 / base).toFixed(2)}`);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

function parse(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

if (import.meta.main) await main();
