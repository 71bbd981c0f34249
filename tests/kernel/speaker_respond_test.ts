import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ask, openDualLan, settled } from "./dual_lan.ts";
import { watchMoves } from "./moves.ts";
import { ofNode, openSpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const VIP6 = "fd00:5::200";
const RESPOND = ["--l2", "respond"];

/** Without any right but this. */
const NET_RAW_ALONE = ["setpriv", "--bounding-set", "-all,+net_raw", "--inh-caps", "-all"];

testWith(
  ["netns", "arping"],
  "a holder that was frozen never answers again for what another took",
  async () => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan, RESPOND);
    await lan.assign("whoami", VIP);
    await lan.settled(VIP);
    const seen = watchMoves(lan, VIP);
    const frozen: string[] = [];
    for (const pauseMs of [60, 150, 250, 600, 1_500, 3_000]) {
      const holder = await lan.settled(VIP);
      frozen.push(holder);
      await ofNode(speakers, holder).signal("SIGSTOP");
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await ofNode(speakers, holder).signal("SIGCONT");
    }
    const last = await lan.settled(VIP);
    const moves = await seen.end();
    // A frozen node lost it or it did not: one that answers again shows as a move back.
    assert.ok(moves.length >= 2 && moves.length <= frozen.length, JSON.stringify(moves));
    const path = [frozen[0], ...moves.map(({ to }) => to)];
    assert.deepEqual(path, [
      frozen[0],
      ...frozen.slice(1).concat(last).filter(isChange(frozen[0])),
    ]);
  },
);

testWith(["netns", "arping", "ndisc6"], "CAP_NET_RAW alone is enough to respond", async () => {
  await using lan = await openDualLan();
  const { stdout } = await lan.client.run([
    ...NET_RAW_ALONE,
    "grep",
    "CapEff",
    "/proc/self/status",
  ]);
  assert.match(stdout, /CapEff:\s*0000000000002000\n/);
  const speaker = await lan.start("n1", RESPOND, NET_RAW_ALONE);
  await lan.assign("whoami", VIP, VIP6);
  assert.equal(await lan.settled(VIP), "n1");
  assert.equal(await settled(lan, VIP6), "n1");
  await speaker.end("SIGTERM");
  assert.deepEqual(await lan.answering(VIP), []);
  assert.deepEqual(await ask(lan, VIP6, 1), []);
});

testWith(["netns", "arping"], "from bind to respond and back, no answer is missing", async (t) => {
  await using lan = await openSpeakerLan();
  let speaker = await lan.start("n1", ["--l2", "bind"]);
  await lan.assign("whoami", VIP);
  assert.equal(await lan.settled(VIP), "n1");
  const isBound = async (): Promise<boolean> => {
    const { stdout } = await lan.lan.machine("n1").run(["ip", "-o", "addr", "show", "dev", "eth0"]);
    return stdout.includes(VIP);
  };

  await t.step("what was bound is answered for, and unbound", async () => {
    const asking = lan.client.run(["arping", "-I", "eth0", "-c", "5", "-b", VIP]);
    await speaker.end("SIGKILL");
    speaker = await lan.start("n1", RESPOND);
    assert.match((await asking).stdout, /Sent 5 probes.*\nReceived 5 response/);
    assert.equal(await isBound(), false);
  });

  await t.step("a stop leaves nothing, and bind begins anew", async () => {
    await speaker.end("SIGTERM");
    assert.deepEqual(await lan.answering(VIP), []);
    speaker = await lan.start("n1", ["--l2", "bind"]);
    assert.equal(await lan.settled(VIP), "n1");
    assert.equal(await isBound(), true);
  });

  await t.step("without CAP_NET_ADMIN it says what stays bound", async () => {
    await speaker.end("SIGKILL");
    speaker = await lan.start("n1", RESPOND, NET_RAW_ALONE);
    const log = await eventually("a line of the log", 5, async () => {
      const lines = await lan.log();
      return lines.find((line) => line.includes("boundAddressesStay"));
    });
    assert.match(log, /192\.168\.0\.200.*EPERM.*ip address del/);
    assert.deepEqual(await lan.answering(VIP), ["n1"]);
  });
});

testWith(
  ["netns", "arping", "nft"],
  "an address that is not local is reached by DNAT",
  async () => {
    const served: Promise<unknown>[] = [];
    // The LAN goes first, and ends it.
    await using _ended = { [Symbol.asyncDispose]: () => Promise.all(served).then(() => {}) };
    await using lan = await openSpeakerLan();
    const machine = lan.lan.machine("n1");
    const program = 'Deno.serve({ port: 8080 }, () => new Response("n1"))';
    const argv = [Deno.execPath(), "eval", program];
    served.push(
      machine.command(argv, { stdin: "null", stdout: "null", stderr: "null" }).spawn().status,
    );
    // What kube-proxy does for a Service.
    const { code, stderr } = await machine.run(["nft", "-f", "-"], {
      stdin: `table ip nat { chain prerouting { type nat hook prerouting priority -100;
      ip daddr ${VIP} tcp dport 80 dnat to 192.168.0.11:8080; }; }`,
    });
    assert.equal(code, 0, stderr);
    await lan.start("n1", RESPOND);
    await lan.assign("whoami", VIP);
    const body = await eventually("the Service answers", 10, async () => {
      const { stdout } = await lan.client.run(["curl", "-sS", "-m2", `http://${VIP}/`]);
      return stdout === "" ? undefined : stdout;
    });
    assert.equal(body, "n1");
  },
);

/** Whether a name is another than the one before it, from `first` on. */
function isChange(first: string | undefined): (name: string) => boolean {
  let before = first;
  return (name) => {
    const isOther = name !== before;
    before = name;
    return isOther;
  };
}
