import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ask, openDualLan, settled } from "./dual_lan.ts";
import { answerAll } from "./proxy_arp.ts";
import { nodeName, NODES, ofNode, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const VIP6 = "fd00:5::200";

/** How speakers answer, and whether a router beside them answers for every address. */
const ROWS = [
  { mode: "bind", onStranger: "yield" },
  { mode: "respond", onStranger: "yield" },
  { mode: "bind", onStranger: "ignore" },
  { mode: "respond", onStranger: "ignore" },
] as const;

/** What holds of a speaker however it answers. */
for (const { mode, onStranger } of ROWS) {
  const flags = ["--l2", mode, "--on-stranger", onStranger];
  const beside = onStranger === "yield" ? "" : " beside proxy ARP";
  const besideRouter = (lan: SpeakerLan): Promise<AsyncDisposable> | undefined =>
    onStranger === "ignore" ? answerAll(lan) : undefined;

  testWith(
    ["netns", "arping", "ndisc6", "tcpdump"],
    `--l2 ${mode}${beside}: one of three answers, fails over, and does not come back`,
    async (t) => {
      await using lan = await openDualLan();
      await using _router = await besideRouter(lan);
      const speakers = await startAll(lan, flags);
      await lan.assign("whoami", VIP, VIP6);
      const first = await lan.settled(VIP);
      const first6 = await settled(lan, VIP6);

      await t.step("it is bound in the kernel, or not", async () => {
        for (const [node, address] of [[first, VIP], [first6, VIP6]] as const) {
          const { stdout } = await lan.lan.machine(node).run(["ip", "-o", "addr", "show"]);
          assert.equal(stdout.includes(address), mode === "bind", stdout);
        }
      });

      await t.step("another machine finds the address taken", async () => {
        const { code } = await lan.client.run(["arping", "-D", "-I", "eth0", "-c", "2", VIP]);
        assert.equal(code, 1);
      });

      await t.step("only the asker hears the answer", async () => {
        const other = NODES.find((node) => node !== first && node !== first6) ?? "n1";
        const heard = await overheard(lan, other, async () => {
          assert.deepEqual(await lan.answering(VIP), [first]);
          assert.deepEqual(new Set(await ask(lan, VIP6, 3)), new Set([first6]));
        });
        assert.deepEqual(heard, []);
      });

      await t.step("a power cut: another answers, and keeps it", async () => {
        await lan.lan.unplug(first);
        await ofNode(speakers, first).end("SIGKILL");
        const second = await lan.settled(VIP);
        assert.notEqual(second, first);
        await lan.lan.reset(first);
        await lan.lan.plug(first);
        speakers.set(first, await lan.start(nodeName(first), flags));
        assert.deepEqual(await answersFor(lan, 2), [second]);
      });
    },
  );

  testWith(
    ["netns", "arping", "ndisc6"],
    `--l2 ${mode}${beside}: a speaker that is stopped for good hands over`,
    async () => {
      await using lan = await openDualLan();
      await using _router = await besideRouter(lan);
      const speakers = await startAll(lan, [...flags, "--release-on-exit"]);
      await lan.assign("whoami", VIP, VIP6);
      const before = [await lan.settled(VIP), await settled(lan, VIP6)];
      const asking = lan.client.run(["arping", "-I", "eth0", "-c", "6", "-b", VIP]);
      for (const node of new Set(before)) await ofNode(speakers, node).end("SIGTERM");
      const after = [await lan.settled(VIP), await settled(lan, VIP6)];
      for (const node of after) assert.ok(!before.includes(node), `${node} was stopped`);
      // An announcement counts as a response too.
      assert.match((await asking).stdout, /Received [6-9] response/);
    },
  );

  if (onStranger === "ignore") continue;
  testWith(
    ["netns", "arping", "ndisc6"],
    `--l2 ${mode}: an address that another machine has is not overruled`,
    async () => {
      await using lan = await openDualLan();
      await lan.lan.hub.run(["ip", "addr", "add", `${VIP}/32`, "dev", "br0"]);
      await lan.lan.hub.run(["ip", "addr", "add", `${VIP6}/128`, "dev", "br0", "nodad"]);
      await startAll(lan, flags);
      await lan.assign("whoami", VIP, VIP6);
      await eventually("Events about both", 10, async () => {
        const events = (await lan.events()).join();
        return [VIP, VIP6].every((vip) => events.includes(`AddressConflict: address ${vip} `)) ||
          undefined;
      });
      const answers = [...await lan.answering(VIP), ...await ask(lan, VIP6, 2)];
      assert.ok(!NODES.some((node) => answers.includes(node)), `${answers}`);
      await lan.lan.hub.run(["ip", "addr", "del", `${VIP}/32`, "dev", "br0"]);
      const owner = await eventually("a node to claim it once it is free", 40, async () => {
        const [one] = await lan.answering(VIP);
        return NODES.find((node) => node === one);
      });
      assert.equal(await lan.settled(VIP), owner);
    },
  );
}

/** The stations that answer or announce within so many seconds, as the client hears it. */
async function answersFor(lan: SpeakerLan, seconds: number): Promise<readonly string[]> {
  const found = new Set<string>();
  for (let n = 0; n < seconds; n += 2) {
    for (const name of await lan.answering(VIP)) found.add(name);
  }
  return [...found];
}

/** What tcpdump sees at a node, of answers for the addresses to one other station, while something is done. */
async function overheard(
  lan: SpeakerLan,
  node: string,
  doing: () => Promise<void>,
): Promise<readonly string[]> {
  const machine = lan.lan.machine(node);
  const { stdout: link } = await machine.run(["ip", "-br", "link", "show", "eth0"]);
  // It asks too, since it watches the holder.
  const own = /([0-9a-f]{2}:){5}[0-9a-f]{2}/.exec(link)?.[0];
  const arp = `(arp and arp[7] = 2 and arp src host ${VIP} and not ether broadcast)`;
  const ndp = `(icmp6 and ip6[40] = 136 and src host ${VIP6} and not ether multicast)`;
  // Not as another user: the LAN could not end it.
  const argv = [
    "tcpdump",
    "-Z",
    "root",
    "-lni",
    "eth0",
    "--immediate-mode",
    `(${arp} or ${ndp}) and not ether dst ${own}`,
  ];
  const listening = machine.command(argv, { stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
  const reader = listening.stderr.getReader();
  await reader.read();
  reader.releaseLock();
  await doing();
  listening.kill("SIGKILL");
  const { stdout } = await listening.output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}
