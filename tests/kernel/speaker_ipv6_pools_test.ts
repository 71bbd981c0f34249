import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { defineKinds, resource } from "./cluster_objects.ts";
import { nameOfMac, NODES, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const LINK_LOCAL = "fe80::4:200";
const UNIQUE_LOCAL = "fd00:6::200";

testWith(
  ["netns", "ndisc6"],
  "link-local and unique local pools on a named interface, without duplicate detection",
  async (t) => {
    await using lan = await openSpeakerLan();
    for (const node of NODES) {
      const line = "echo 0 > /proc/sys/net/ipv6/conf/eth0/accept_dad";
      assert.equal((await lan.lan.machine(node).run(["sh", "-c", line])).code, 0);
    }
    await defineKinds(lan);
    lan.api.load([
      resource("IPAddressPool", "link-local", { addresses: ["fe80::4:0/112"] }),
      resource("IPAddressPool", "unique-local", { addresses: ["fd00:6::/64"] }),
      resource("L2Advertisement", "all", { interfaces: ["eth0"] }),
    ]);
    await startAll(lan);

    await t.step("a link-local address", async () => {
      await lan.assign("near", LINK_LOCAL);
      const owner = await settled(lan, LINK_LOCAL);
      const { stdout } = await lan.lan.machine(owner)
        .run(["ip", "-6", "-o", "addr", "show", "dev", "eth0", "to", LINK_LOCAL]);
      assert.match(stdout, /fe80::4:200\/128 .*nodad deprecated dynamic noprefixroute/);
    });

    await t.step(
      "the node's own link-local address stays what its sockets speak from",
      async () => {
        const owner = await settled(lan, LINK_LOCAL);
        const to = ["fe80::1234", "dev", "eth0"];
        const { stdout } = await lan.lan.machine(owner).run(["ip", "-6", "route", "get", ...to]);
        assert.match(stdout, / src fe80::/);
        assert.ok(!stdout.includes(LINK_LOCAL), stdout);
      },
    );

    await t.step("a unique local address, off every subnet", async () => {
      await lan.assign("far", UNIQUE_LOCAL);
      // To ask, the client has to have an address of the subnet.
      await lan.client.run(["ip", "-6", "addr", "add", "fd00:6::99/64", "dev", "eth0", "nodad"]);
      await settled(lan, UNIQUE_LOCAL);
    });
  },
);

/** Waits until exactly one node answers the client's solicitations, and names it. */
function settled(lan: SpeakerLan, address: string): Promise<string> {
  return eventually(`exactly one node answers for ${address}`, 10, async () => {
    const argv = ["ndisc6", "-m", "-q", "-n", "-r", "1", "-w", "500", address, "eth0"];
    const { stdout } = await lan.client.run(argv);
    const macs = stdout.matchAll(/[0-9A-Fa-f:]{17}/g).map(([mac]) => nameOfMac(mac.toLowerCase()));
    const [one, ...others] = new Set(macs);
    return others.length === 0 && NODES.some((node) => node === one) ? one : undefined;
  });
}
