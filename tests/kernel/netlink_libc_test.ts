import assert from "node:assert/strict";
import {
  AF_NETLINK,
  EFD_NONBLOCK,
  NETLINK_ROUTE,
  POLLIN,
  SOCK_NONBLOCK,
  SOCK_RAW,
} from "../../netlink/constants.ts";
import { Libc } from "../../netlink/libc.ts";
import { readParameter } from "../../netlink/parameter.ts";
import { testWith } from "../needs.ts";

/** Enough for V8 to optimise the calls: code that differs by processor, where an error shows late. */
const MANY = 20_000;

testWith(["netns"], "effectiveCapabilities() is what the kernel says of this thread", async () => {
  await using libc = new Libc();
  const status = await Deno.readTextFile("/proc/thread-self/status");
  const [, mask = ""] = /^CapEff:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  assert.equal(libc.effectiveCapabilities(), BigInt(`0x${mask}`));
});

testWith(["netns"], "calls and their errno stay right when they are optimised", async () => {
  await using libc = new Libc();
  const silent = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);
  const buffer = new Uint8Array(64);
  for (let i = 0; i < MANY; i++) {
    // That there is nothing yet is told from other errors by its number, EAGAIN.
    assert.equal(libc.receive(silent, buffer), undefined);
    if (i % 20 === 0) assert.throws(() => libc.receive(-1, buffer), { code: "EBADF" });
  }
  libc.close(silent);
});

testWith(["netns"], "raised events are seen, cleared ones are not, optimised or not", async () => {
  await using libc = new Libc();
  const cleared = libc.eventfd(EFD_NONBLOCK);
  const raised = libc.eventfd(EFD_NONBLOCK);
  for (let i = 0; i < MANY; i++) {
    libc.raiseEvent(cleared);
    libc.raiseEvent(raised);
    libc.clearEvent(cleared);
  }
  // struct pollfd: i32 fd, i16 events, i16 revents; as words of 16 bits on a little-endian machine.
  const pollfds = Uint16Array.of(cleared, 0, POLLIN, 0, raised, 0, POLLIN, 0);
  assert.equal(await libc.poll(new Uint8Array(pollfds.buffer), 2), 1);
  assert.deepEqual([pollfds[3], pollfds[7]], [0, POLLIN]);
  libc.close(cleared);
  libc.close(raised);
});

testWith(
  ["netns"],
  "readParameter() says what the kernel says, whatever Deno may read",
  async () => {
    await using libc = new Libc();
    const path = "/proc/sys/net/ipv4/conf/lo/arp_ignore";
    assert.equal(readParameter(libc, path), (await Deno.readTextFile(path)).trim());
    assert.equal(readParameter(libc, "/proc/sys/net/ipv4/conf/none/arp_ignore"), undefined);
    assert.throws(() => readParameter(libc, "/proc/sys/net"), { code: "EISDIR" });
  },
);
