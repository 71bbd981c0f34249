import assert from "node:assert/strict";
import { parse } from "yaml";
import { objectAt, objectsAt, stringAt } from "../../kube/json.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { nodeName, ofNode, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const VIP = "192.168.0.200";
const HTTP = "127.0.0.1:7472";
const STATUSES = "/apis/metallb.io/v1beta1/namespaces/metallb-system/servicel2statuses";

testWith(
  ["netns", "arping"],
  "after a failover one ServiceL2Status names the new node, and the node tells what happened",
  async (t) => {
    await using lan = await openLanWithStatuses();
    const speakers = await startAll(lan, ["--http", HTTP]);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await told(lan, [`default/whoami on ${first} eth0`]);

    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);
    await told(lan, [`default/whoami on ${second} eth0`]);

    await t.step("the new node's history and metrics say how it came to it", async () => {
      const { addresses } = JSON.parse(await get(lan, second, "/ownership"));
      const [{ address, services, state, announcedSince, history }] = addresses;
      assert.deepEqual([address, services, state], [VIP, ["default/whoami"], "held"]);
      const events = history.map(({ event, node }: { event: string; node?: string }) =>
        [event, node].filter((part) => part !== undefined).join(" ")
      );
      assert.deepEqual(events, [`holder-silent ${first}`, "claimed"]);
      assert.equal(announcedSince, history.at(-1).at);
      const metrics = await get(lan, second, "/metrics");
      assert.match(metrics, /^lanlord_takeover_seconds_count 1$/m);
      assert.match(metrics, /^lanlord_kernel_writes_total\{operation="bind"\} 1$/m);
      assert.match(
        metrics,
        /^lanlord_l2_status_writes_total\{action="create",outcome="done"\} 1$/m,
      );
    });

    await t.step("each node told the Service once", async () => {
      const want = [first, second].map((node) => `nodeAssigned: announcing from node "${node}"`);
      await eventually("two Events", 5, async () => {
        return (await lan.events()).length === want.length || undefined;
      });
      assert.deepEqual((await lan.events()).toSorted(), want.toSorted());
    });

    await t.step("the node that returns takes nothing back", async () => {
      await lan.lan.reset(first);
      await lan.lan.plug(first);
      await lan.start(nodeName(first), ["--http", HTTP]);
      await eventually("the other state is known", 20, async () => {
        const text = await ask(lan, first, "/ownership");
        if (text === undefined) return undefined;
        return JSON.parse(text).addresses[0]?.holder?.node === second || undefined;
      });
      await told(lan, [`default/whoami on ${second} eth0`]);
    });

    await t.step("without the Service there is none", async () => {
      await lan.withdraw("whoami");
      await told(lan, []);
    });
  },
);

testWith(
  ["netns", "arping"],
  "two addresses handed over by an orderly stop: each Service's status names who has it now",
  async () => {
    await using lan = await openLanWithStatuses();
    const speakers = await startAll(lan, ["--release-on-exit"]);
    await lan.assign("a", VIP);
    await lan.assign("b", VIP);
    await lan.assign("c", "192.168.0.201");
    const first = await lan.settled(VIP);
    const other = await lan.settled("192.168.0.201");
    await told(lan, [
      `default/a on ${first} eth0`,
      `default/b on ${first} eth0`,
      `default/c on ${other} eth0`,
    ]);
    await ofNode(speakers, first).end("SIGTERM");
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);
    await told(lan, [
      `default/a on ${second} eth0`,
      `default/b on ${second} eth0`,
      `default/c on ${await lan.settled("192.168.0.201")} eth0`,
    ]);
  },
);

testWith(
  ["netns", "arping"],
  "what happened while the API was away is told when it is back",
  async () => {
    await using lan = await openLanWithStatuses();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);
    await told(lan, [`default/whoami on ${first} eth0`]);
    await lan.cutApi();

    await lan.lan.unplug(first);
    await ofNode(speakers, first).end("SIGKILL");
    const second = await lan.settled(VIP);
    assert.notEqual(second, first);

    lan.restoreApi();
    await told(lan, [`default/whoami on ${second} eth0`]);
    const want = [first, second].map((node) => `nodeAssigned: announcing from node "${node}"`);
    await eventually("both Events", 60, async () => {
      const events = (await lan.events()).toSorted();
      return JSON.stringify(events) === JSON.stringify(want.toSorted()) || undefined;
    });
  },
);

/** A LAN whose API has the kind. */
async function openLanWithStatuses(): Promise<SpeakerLan> {
  const lan = await openSpeakerLan();
  const crd = `${ROOT}deploy/crds/metallb.io_servicel2statuses.yaml`;
  lan.api.load([parse(await Deno.readTextFile(crd))]);
  return lan;
}

/** Waits until the API has exactly these statuses: `namespace/name on node interfaces`. */
async function told(lan: SpeakerLan, want: readonly string[]): Promise<void> {
  await eventually(`the statuses ${want.join() || "to be gone"}`, 60, async () => {
    const response = await lan.api.fetch(`http://api${STATUSES}`);
    const found = objectsAt(await response.json(), "items").map((item) => {
      const status = objectAt(item, "status");
      const service = `${stringAt(status, "serviceNamespace")}/${stringAt(status, "serviceName")}`;
      const names = objectsAt(status, "interfaces").map((face) => stringAt(face, "name"));
      return `${service} on ${stringAt(status, "node")} ${names.join()}`;
    });
    return JSON.stringify(found.toSorted()) === JSON.stringify(want) || undefined;
  });
}

/** What the speaker of a node serves. */
async function get(lan: SpeakerLan, node: string, path: string): Promise<string> {
  const text = await ask(lan, node, path);
  assert.ok(text !== undefined, `${node} serves no ${path}`);
  return text;
}

/** The same; absent where it does not answer yet. */
async function ask(lan: SpeakerLan, node: string, path: string): Promise<string | undefined> {
  const argv = ["curl", "-sS", "-m5", "--fail", `http://${HTTP}${path}`];
  const { code, stdout } = await lan.lan.machine(node).run(argv);
  return code === 0 ? stdout : undefined;
}
