import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Netlink, openNetlink } from "../../netlink/mod.ts";
import { testWith } from "../needs.ts";
import { linkNamed, vethPair } from "./veth.ts";

testWith(["netns"], "abort and disposal leave no descriptor behind", async (t) => {
  await using _pair = await vethPair("fds0", "fds1");
  // What the runtime opens on first use is none of our business.
  await useEverything("abort");
  const before = countDescriptors();
  for (const ending of ["abort", "dispose", "nobody-listens"] as const) {
    await t.step(ending, async () => {
      await useEverything(ending);
      assert.equal(countDescriptors(), before);
    });
  }
});

testWith(["netns"], "openPacket() leaves no descriptor behind when it fails", async () => {
  const before = countDescriptors();
  {
    await using netlink = openNetlink();
    for (let i = 0; i < 10; i++) assert.throws(() => netlink.openPacket(999_999, "ndp"));
  }
  assert.equal(countDescriptors(), before);
});

testWith(["netns"], "disposal of Netlink is idempotent, and ends its use", async () => {
  const netlink = openNetlink();
  await netlink[Symbol.asyncDispose]();
  await netlink[Symbol.asyncDispose]();
  assert.throws(() => netlink.openRoute(), {
    message: "Cannot open route socket: netlink is closed",
  });
});

testWith(["netns"], "abort and disposal take at most 5 ms, median of 50", async () => {
  const delays: number[] = [];
  for (let i = 0; i < 50; i++) delays.push(await endDelayMs());
  const median = delays.toSorted((a, b) => a - b)[25] ?? Infinity;
  assert.ok(median <= 5, `want at most 5 ms, found ${median.toFixed(2)} ms`);
});

testWith(["netns"], "a program whose listeners were aborted ends by itself", async () => {
  const program = `
    import { openNetlink } from ${JSON.stringify(import.meta.resolve("../../netlink/mod.ts"))};
    const stop = new AbortController();
    const netlink = openNetlink();
    const route = netlink.openRoute();
    const [link] = await route.listLinks(stop.signal);
    const socket = netlink.openPacket(link.index, "arp");
    setTimeout(() => stop.abort(), 10);
    await Promise.all([drain(netlink.monitor(stop.signal)), drain(socket.frames(stop.signal))]);
    console.log("ended");
    async function drain(items) { for await (const _ of items); }
  `;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", program],
    signal: AbortSignal.timeout(30_000),
  });
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder();
  assert.deepEqual([code, text.decode(stdout).trim()], [0, "ended"], text.decode(stderr));
});

/** Opens one of each socket, listens to those that can be listened to, and ends in one of three ways. */
async function useEverything(ending: "abort" | "dispose" | "nobody-listens"): Promise<void> {
  const stop = new AbortController();
  const netlink = openNetlink();
  const route = netlink.openRoute();
  const { index } = await linkNamed(route, "fds0");
  const arp = netlink.openPacket(index, "arp");
  const ndp = netlink.openPacket(index, "ndp");
  const monitor = netlink.monitor(stop.signal);
  const listeners = ending === "nobody-listens"
    ? []
    : [drain(arp.frames(stop.signal)), drain(ndp.frames(stop.signal)), drain(monitor)];
  await setImmediate();
  if (ending === "abort") stop.abort();
  else await end(netlink);
  await Promise.all(listeners);
  await end(netlink);
}

async function end(netlink: Netlink): Promise<void> {
  await netlink[Symbol.asyncDispose]();
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/**
 * How long it takes from an abort until nobody listens and the helper thread's call is over.
 * Not with a packet socket: closing one takes the kernel some 10 ms (it waits for all processors).
 */
async function endDelayMs(): Promise<number> {
  const stop = new AbortController();
  const netlink = openNetlink();
  const listener = drain(netlink.monitor(stop.signal));
  for (let i = 0; i < 3; i++) await setImmediate();
  const start = performance.now();
  stop.abort();
  await listener;
  await end(netlink);
  return performance.now() - start;
}

function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}
