import assert from "node:assert/strict";
import { encodeAddress } from "./address.ts";
import { RTM_DELADDR, RTM_DELLINK, RTM_NEWADDR, RTM_NEWLINK, RTM_NEWROUTE } from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { encodeLink } from "./link.ts";
import { encodeMessages, type Message } from "./message.ts";
import { monitor } from "./monitor.ts";
import { FakeTransport } from "./testing.ts";
import type { InterfaceAddress, Link, NetlinkChange } from "./values.ts";

const LINK: Link = {
  index: 3,
  name: "eth0",
  mac: undefined,
  isUp: true,
  hasCarrier: false,
  isLoopback: false,
  canBroadcast: true,
  isNoArp: false,
  masterIndex: undefined,
  kind: undefined,
};
const ADDRESS: InterfaceAddress = {
  linkIndex: 3,
  address: { family: "IPv4", value: 0xc0000201n },
  prefixLength: 32,
  scope: 0,
  flags: 0,
  label: undefined,
  proto: 0,
  preferredSeconds: 0,
  validSeconds: 30,
};
const OVERRUN = new SyscallError("recv", ERRNO.ENOBUFS);

Deno.test("monitor() says what each message means", async () => {
  const transport = new FakeTransport();
  transport.hear(
    encodeMessages([say(RTM_NEWLINK, encodeLink(LINK)), say(RTM_NEWADDR, encodeAddress(ADDRESS))]),
    encodeMessages([say(RTM_DELADDR, encodeAddress(ADDRESS))]),
    encodeMessages([say(RTM_NEWROUTE, rtmsg(255)), say(RTM_NEWROUTE, rtmsg(254))]),
    encodeMessages([say(RTM_DELLINK, encodeLink(LINK).with(0, 7)), say(99, new Uint8Array(4))]),
    encodeMessages([say(RTM_DELLINK, encodeLink(LINK))]),
  );
  assert.deepEqual(await take(transport, 5), [
    { kind: "link", link: LINK },
    { kind: "address", address: ADDRESS },
    { kind: "address-gone", address: ADDRESS },
    { kind: "route" },
    { kind: "link-gone", index: 3 },
  ]);
});

Deno.test("monitor() empties an overrun socket before it says resync", async () => {
  const transport = new FakeTransport();
  const stale = encodeMessages([say(RTM_NEWADDR, encodeAddress(ADDRESS))]);
  transport.hear(OVERRUN, ...new Array(5000).fill(stale), OVERRUN, stale);
  const changes = monitor(transport, new AbortController().signal);
  assert.deepEqual((await changes.next()).value, { kind: "resync" });
  assert.equal(transport.receive(), undefined);
  transport.hear(encodeMessages([say(RTM_DELADDR, encodeAddress(ADDRESS))]));
  assert.deepEqual((await changes.next()).value, { kind: "address-gone", address: ADDRESS });
  await changes.return();
  assert.ok(transport.isClosed);
});

Deno.test("monitor() closes the transport however it ends", async (t) => {
  const failure = new SyscallError("recv", ERRNO.EIO);
  await t.step("aborted before the first change is asked for", () => {
    const stop = new AbortController();
    const transport = new FakeTransport();
    monitor(transport, stop.signal);
    stop.abort();
    assert.ok(transport.isClosed);
  });
  await t.step("aborted already", async () => {
    const transport = new FakeTransport();
    assert.deepEqual(await Array.fromAsync(monitor(transport, AbortSignal.abort())), []);
    assert.ok(transport.isClosed);
  });
  await t.step("aborted while waiting", async () => {
    const stop = new AbortController();
    const transport = new FakeTransport();
    const changes = Array.fromAsync(monitor(transport, stop.signal));
    stop.abort();
    assert.deepEqual(await changes, []);
    assert.ok(transport.isClosed);
  });
  await t.step("failed", async () => {
    const transport = new FakeTransport();
    transport.hear(failure);
    await assert.rejects(take(transport, 1), failure);
    assert.ok(transport.isClosed);
  });
});

async function take(transport: FakeTransport, count: number): Promise<readonly NetlinkChange[]> {
  const found: NetlinkChange[] = [];
  for await (const change of monitor(transport, new AbortController().signal)) {
    if (found.push(change) === count) break;
  }
  return found;
}

function say(type: number, payload: Uint8Array): Message {
  return { type, flags: 0, sequence: 0, portId: 0, payload };
}

/** struct rtmsg whose rtm_table is this. */
function rtmsg(table: number): Uint8Array {
  return new Uint8Array(12).with(4, table);
}
