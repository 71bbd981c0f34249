import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ask, openDualLan, settled } from "./dual_lan.ts";
import { NODES, startAll } from "./speaker_lan.ts";

const VIP = "fd00:5::200";
const FREE = "fd00:5::222";

testWith(
  ["netns", "ndisc6"],
  "a foreign host's kernel finds a held IPv6 address duplicate, a free one free",
  async () => {
    await using lan = await openDualLan();
    await startAll(lan);
    await lan.assign("whoami", VIP);
    const owner = await settled(lan, VIP);
    assert.ok(NODES.some((node) => node === owner));
    const shell = (script: string) => lan.client.run(["sh", "-c", script]);
    const flagsOf = async (address: string): Promise<string> =>
      (await shell(`ip -6 -o addr show dev eth0 to ${address}`)).stdout;

    const strict = "echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad";
    const added = await shell(
      `${strict}; ip addr add ${VIP}/64 dev eth0; ip addr add ${FREE}/64 dev eth0`,
    );
    assert.equal(added.code, 0, added.stderr);
    await eventually("duplicate address detection to end", 10, async () => {
      const [held, free] = [await flagsOf(VIP), await flagsOf(FREE)];
      return (/dadfailed/.test(held) && !/tentative/.test(free)) || undefined;
    });

    assert.deepEqual([...new Set(await ask(lan, VIP, 3))], [owner]);
    const released = (await lan.log()).filter((line) => line.includes('"event":"released"'));
    assert.deepEqual(released, []);
  },
);
