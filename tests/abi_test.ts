import assert from "node:assert/strict";
import { ipFromBytes } from "../ip/address.ts";
import { macFromBytes } from "../ip/mac.ts";
import { encodeAddress } from "../netlink/address.ts";
import { arpFilter, encodeProgram, ndpFilter } from "../netlink/bpf.ts";
import { mustRun } from "../demo/program.ts";
import * as constants from "../netlink/constants.ts";
import { ERRNO } from "../netlink/errno.ts";
import { encodeLink, encodeLinkDump } from "../netlink/link.ts";
import { decodeRejection, encodeMessages } from "../netlink/message.ts";
import { Poller } from "../netlink/poll.ts";
import {
  encodeNetlinkAddress,
  encodePacketAddress,
  encodePacketMembership,
} from "../netlink/sockaddr.ts";
import { fromHex } from "../netlink/testing.ts";
import { type Need, testWith } from "./needs.ts";
import { ROOT } from "./source.ts";

const { INFINITY_LIFE_TIME, NLA_TYPE_MASK, ...numbers } = constants;

/** Every number of netlink/ by the name it has in C; the others have a test of their own below. */
const CONSTANTS: Readonly<Record<string, number>> = { ...numbers, ...ERRNO };

const INDEX = 0x01020304;

/** What netlink/ writes for the values in abi/layout.c. */
const ENCODED: Readonly<Record<string, () => Uint8Array>> = {
  sockaddr_nl: () => encodeNetlinkAddress([constants.RTNLGRP_LINK, constants.RTNLGRP_IPV6_ROUTE]),
  sockaddr_ll: () => encodePacketAddress(INDEX, constants.ETH_P_ARP),
  packet_mreq: () => encodePacketMembership(INDEX, constants.PACKET_MR_ALLMULTI),
  arp_filter: () => encodeProgram(arpFilter(INDEX, "kernel")),
  ndp_filter: () => encodeProgram(ndpFilter(INDEX, "kernel")),
  arp_filter_of_process: () => encodeProgram(arpFilter(INDEX, "process")),
  ndp_filter_of_process: () => encodeProgram(ndpFilter(INDEX, "process")),
  nlmsghdr: () =>
    encodeMessages([{
      type: 0x2122,
      flags: 0x3334,
      sequence: 0x45464748,
      portId: 0x595a5b5c,
      payload: new Uint8Array(0),
    }]),
  get_links: encodeLinkDump,
  new_link: () =>
    encodeLink({
      index: INDEX,
      name: "lan01",
      mac: macFromBytes(Uint8Array.of(0x02, 0x61, 0x62, 0x63, 0x64, 0x65)),
      isUp: true,
      hasCarrier: true,
      isLoopback: false,
      canBroadcast: true,
      isNoArp: false,
      masterIndex: 0x71727374,
      kind: "veth",
    }),
  new_address: () =>
    encodeAddress({
      linkIndex: INDEX,
      address: ipFromBytes(Uint8Array.of(192, 0, 2, 1)),
      prefixLength: 24,
      scope: 253,
      flags: constants.IFA_F_NODAD | constants.IFA_F_NOPREFIXROUTE,
      label: "lan01",
      proto: 0x77,
      preferredSeconds: 0x01121314,
      validSeconds: 0x05262728,
    }),
};

/** A C compiler, and how to run what it compiled. */
interface Machine {
  readonly name: string;
  readonly needs: readonly Need[];
  readonly compiler: readonly string[];
  readonly runner: readonly string[];
}

const MACHINES: readonly Machine[] = [
  { name: "this machine", needs: ["cc"], compiler: ["cc"], runner: [] },
  {
    name: "arm64",
    needs: ["cross-cc", "qemu"],
    compiler: ["aarch64-linux-gnu-gcc", "-static"],
    runner: ["qemu-aarch64-static"],
  },
];

for (const machine of MACHINES) {
  testWith(
    machine.needs,
    `netlink/ has the numbers and layouts of C on ${machine.name}`,
    async (t) => {
      const said = await layoutOn(machine);
      await t.step("constants", () => {
        const found = Object.keys(CONSTANTS).map((name) => [name, Number(said.get(name))]);
        assert.deepEqual(Object.fromEntries(found), CONSTANTS);
      });
      for (const [name, encode] of Object.entries(ENCODED)) {
        await t.step(name, () => assert.equal(toHex(encode()), said.get(name)));
      }
      await t.step("nlmsgerr", () => {
        const payload = fromHex(said.get("rejection") ?? "");
        const flags = constants.NLM_F_CAPPED | constants.NLM_F_ACK_TLVS;
        const message = { type: constants.NLMSG_ERROR, flags, sequence: 1, portId: 1, payload };
        const rejection = { errno: ERRNO.EADDRNOTAVAIL, detail: "No way", offset: 0x31323334 };
        assert.deepEqual(decodeRejection(message, "error"), rejection);
      });
      await t.step("pollfd", async () => {
        const written = await pollfdsOf(0x11121314, INDEX, said.get("pollfd_ready") ?? "");
        assert.equal(written, said.get("pollfd"));
      });
    },
  );
}

Deno.test("numbers that the headers do not have are what they stand for", () => {
  // include/net/addrconf.h, which is the kernel's own; ip-address(8) calls it "forever".
  assert.equal(INFINITY_LIFE_TIME, 0xffffffff);
  // In C all bits of an int but NLA_F_NESTED and NLA_F_NET_BYTEORDER; a type has sixteen.
  assert.equal(NLA_TYPE_MASK, 0xffff & ~(constants.NLA_F_NESTED | 0x4000));
});

/** What abi/layout.c prints on the machine: hex of a structure, or a number, by name. */
async function layoutOn(
  { compiler, runner }: Machine,
): Promise<ReadonlyMap<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-abi-" });
  try {
    const names = Object.keys(CONSTANTS).map((name) => `CONSTANT(${name})\n`).join("");
    await Deno.writeTextFile(`${folder}/names.h`, names);
    const program = `${folder}/layout`;
    const source = `${ROOT}tests/abi/layout.c`;
    await mustRun([...compiler, "-Wall", "-Werror", "-I", folder, "-o", program, source]);
    const lines = (await mustRun([...runner, program])).trimEnd().split("\n");
    return new Map(lines.map((line) => {
      const [name = "", value = ""] = line.split(" ");
      return [name, value];
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The pollfds that Poller writes; then the descriptor's is replaced, and it must take that for readable. */
async function pollfdsOf(eventFd: number, fd: number, ready: string): Promise<string> {
  let written = "";
  await using poller = new Poller({
    eventfd: () => eventFd,
    raiseEvent: () => {},
    clearEvent: () => {},
    close: () => {},
    poll: (pollfds) => {
      written = toHex(pollfds);
      pollfds.set(fromHex(ready), pollfds.length / 2);
      return Promise.resolve(1);
    },
  });
  await poller.readable(fd, new AbortController().signal);
  return written;
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
