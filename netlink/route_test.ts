import assert from "node:assert/strict";
import { parseMac } from "../ip/mac.ts";
import { decodeAddress } from "./address.ts";
import { RTM_DELADDR, RTM_NEWADDR } from "./constants.ts";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { RouteSocket } from "./route.ts";
import { ROUTE_CONTRACT } from "./route_contract.ts";
import { errorReply, FakeKernel, FakeTransport } from "./testing.ts";
import type { Link } from "./values.ts";

const LINK: Link = {
  index: 7,
  name: "contract0",
  mac: parseMac("02:00:5e:10:00:01"),
  isUp: true,
  hasCarrier: true,
  isLoopback: false,
  canBroadcast: true,
  isNoArp: false,
  masterIndex: 9,
  kind: "veth",
};

const ADDRESS = {
  linkIndex: 7,
  address: { family: "IPv4", value: 0xc0000201n },
  prefixLength: 32,
  scope: 0,
  flags: 0,
  label: undefined,
  proto: 0,
  preferredSeconds: 0,
  validSeconds: 30,
} as const;

Deno.test("RouteSocket keeps the contract of Route on the fake kernel", async (t) => {
  for (const { name, run } of ROUTE_CONTRACT) {
    await t.step(name, async () => {
      const kernel = new FakeKernel([LINK]);
      using route = new RouteSocket({ open: () => kernel.open() });
      await run({ route, linkIndex: LINK.index }, new AbortController().signal);
    });
  }
});

Deno.test("RouteSocket opens a new transport after one failed, none after a refusal", async () => {
  const { signal } = new AbortController();
  const overrun = new SyscallError("recv", ERRNO.ENOBUFS);
  const scripts = [() => [overrun], (request: Parameters<typeof errorReply>[0]) => [
    errorReply(request, ERRNO.EPERM),
  ]];
  const opened: FakeTransport[] = [];
  using route = new RouteSocket({
    open: () => {
      const transport = new FakeTransport(scripts[opened.length]);
      opened.push(transport);
      return transport;
    },
    hint: (errno) => errno === ERRNO.EPERM ? "ask your administrator" : undefined,
  });
  await assert.rejects(route.replaceAddresses([ADDRESS], signal), overrun);
  assert.ok(opened[0]?.isClosed);
  for (let i = 0; i < 2; i++) {
    const [outcome] = await route.replaceAddresses([ADDRESS], signal);
    assert.equal(
      outcome?.message,
      'Cannot set address "192.0.2.1/32" of link 7: EPERM: ask your administrator',
    );
  }
  assert.equal(opened.length, 2);
});

Deno.test("RouteSocket moves an address in one datagram, so that no other write comes between", async () => {
  const { signal } = new AbortController();
  const fake = new FakeTransport((request) => [errorReply(request, 0)]);
  using route = new RouteSocket({ open: () => fake });
  assert.deepEqual(await route.moveAddresses([ADDRESS], signal), [undefined]);
  const [sent = [], ...more] = fake.sent;
  assert.deepEqual(more, []);
  assert.deepEqual(
    sent.map(({ type, payload }) => [type, decodeAddress(payload)?.prefixLength]),
    [[RTM_NEWADDR, 31], [RTM_DELADDR, 32], [RTM_NEWADDR, 32], [RTM_DELADDR, 31]],
  );
});

Deno.test("RouteSocket refuses requests after its disposal, and ends one under way", async () => {
  const { signal } = new AbortController();
  const silent = new FakeTransport();
  const route = new RouteSocket({ open: () => silent });
  const pending = route.listLinks(signal);
  await Promise.resolve();
  route[Symbol.dispose]();
  await assert.rejects(pending, { message: /socket is closed$/ });
  await assert.rejects(route.listLinks(signal), {
    message: "Cannot ask the kernel: the route socket is closed",
  });
});
