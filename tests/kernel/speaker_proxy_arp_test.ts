/** Speakers beside a router that answers for every address, on real kernels. */
import assert from "node:assert/strict";
import type { Machine } from "../../demo/lan/lan.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { annotations } from "./annotations.ts";
import { ask, openDualLan, settled } from "./dual_lan.ts";
import { watchMoves } from "./moves.ts";
import { answerAll } from "./proxy_arp.ts";
import { nodeName, NODES, ofNode, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const VIP6 = "fd00:5::200";
const IGNORE = ["--on-stranger", "ignore"];

testWith(
  ["netns", "arping", "ndisc6"],
  "where strangers count, nothing that a router answers for is claimed, and it is told why",
  async (t) => {
    await using lan = await openDualLan();
    await using _router = await answerAll(lan);
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP, VIP6);

    await t.step("the Service is told", async () => {
      await eventually("Events about both", 10, async () => {
        const events = (await lan.events()).join();
        return [VIP, VIP6].every((vip) => events.includes(`AddressConflict: address ${vip} `)) ||
          undefined;
      });
      assert.deepEqual(await lan.answering(VIP), []);
      assert.deepEqual(await ask(lan, VIP6, 2), []);
    });

    await t.step("the log names the cure", async () => {
      const line = await eventually("a line of the log", 5, async () => {
        const lines = await lan.log();
        return lines.find((each) => each.includes("looksLikeProxyArp"));
      });
      assert.match(line, /it answers for 192\.0\.2\.1, which nobody has.*--on-stranger ignore/);
    });

    await t.step("with it both are claimed, and nothing of the past is kept up", async () => {
      const told = async (): Promise<string> =>
        (await annotations(lan, "lanlord.dev/conflicts")).join("");
      await eventually("the leader to be told", 10, async () => await told() !== "" || undefined);
      for (const node of NODES) await ofNode(speakers, node).end("SIGTERM");
      await startAll(lan, IGNORE);
      for (const owner of [await lan.settled(VIP), await settled(lan, VIP6)]) {
        assert.ok(NODES.some((node) => node === owner), owner);
      }
      await eventually("that to be over", 10, async () => await told() === "" || undefined);
    });
  },
);

testWith(
  ["netns", "arping"],
  "where strangers mean nothing, a power cut moves the address once",
  async () => {
    await using lan = await openSpeakerLan();
    await using _router = await answerAll(lan);
    const speakers = await startAll(lan, IGNORE);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    const seen = watchMoves(lan, VIP);
    await seen.begun;
    await lan.lan.unplug(first);
    await ofNode(speakers, nodeName(first)).end("SIGKILL");
    const second = await lan.settled(VIP);
    const moves = await seen.end();
    assert.deepEqual(moves.map(({ from, to }) => [from, to]), [[first, second]]);
    assert.ok(moves.every(({ gapMs }) => gapMs < 3_000), JSON.stringify(moves));
    const events = await lan.events();
    assert.ok(!events.some((event) => event.startsWith("AddressConflict")), events.join("\n"));
  },
);

testWith(
  ["netns", "arping", "ndisc6"],
  "a Linux router with proxy ARP answers no probe, as NDP proxy it does",
  async (t) => {
    await using lan = await openDualLan();
    await proxyInKernel(lan.lan.hub);

    await t.step("hosts are answered for what nobody has, ARP probes are not", async () => {
      const host = await lan.client.run(["arping", "-I", "eth0", "-c", "1", "-w", "3", VIP]);
      assert.match(host.stdout, /Received 1 response/);
      const probe = await lan.client.run(["arping", "-D", "-I", "eth0", "-c", "3", VIP]);
      assert.match(probe.stdout, /Received 0 response/);
    });

    await t.step("so speakers claim IPv4 beside it whatever strangers mean", async () => {
      await startAll(lan);
      await lan.assign("whoami", VIP, VIP6);
      await eventually("exactly one node to answer, besides the router", 20, async () => {
        const names = await lan.answering(VIP);
        return NODES.filter((node) => names.includes(node)).length === 1 || undefined;
      });
    });

    await t.step("and IPv6 not, where they count", async () => {
      await eventually("an Event about it", 10, async () => {
        const events = await lan.events();
        return events.some((event) => event.includes(`address ${VIP6} `)) || undefined;
      });
      const names = await ask(lan, VIP6, 2);
      assert.ok(!NODES.some((node) => names.includes(node)), names.join());
    });
  },
);

/** The kernel's own proxies on the hub, for addresses that it routes elsewhere. */
async function proxyInKernel(hub: Machine): Promise<void> {
  const commands = [
    "ip link add elsewhere type veth peer name nowhere",
    "ip link set elsewhere up",
    "ip link set nowhere up",
    "ip route add 192.168.0.192/26 dev elsewhere",
    "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.br0.proxy_arp=1",
    "sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.br0.proxy_ndp=1",
    "sysctl -qw net.ipv4.neigh.br0.proxy_delay=0 net.ipv6.neigh.br0.proxy_delay=0",
    `ip -6 neigh add proxy ${VIP6} dev br0`,
  ];
  for (const command of commands) {
    const { code, stderr } = await hub.run(command.split(" "));
    assert.equal(code, 0, `${command}: ${stderr}`);
  }
}
