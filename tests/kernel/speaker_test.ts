import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { type NodeName, openSpeakerLan, type Speaker, type SpeakerLan } from "./speaker_lan.ts";

const NODES: readonly NodeName[] = ["n1", "n2", "n3"];
const VIP = "192.168.0.200";

testWith(
  ["netns", "arping"],
  "one of three speakers answers, and fails over by itself",
  async (t) => {
    await using lan = await openSpeakerLan();
    const speakers = await startAll(lan);
    await lan.assign("whoami", VIP);
    const first = await lan.settled(VIP);

    await t.step("the Service is told which node announces it", async () => {
      const want = `nodeAssigned: announcing from node "${first}"`;
      const events = await eventually("an Event", 5, async () => {
        const found = await lan.events();
        return found.length > 0 ? found : undefined;
      });
      assert.deepEqual(events, [want]);
    });

    await t.step("kill -9 and a start within the lifetime: no answer is missing", async () => {
      const asking = lan.client.run(["arping", "-I", "eth0", "-c", "8", "-b", VIP]);
      await ofNode(speakers, first).end("SIGKILL");
      speakers.set(first, await lan.start(nodeName(first)));
      const { stdout } = await asking;
      assert.match(stdout, /Sent 8 probes.*\nReceived 8 response/, stdout);
      assert.deepEqual(await lan.answering(VIP), [first]);
      assert.equal((await lan.events()).length, 1);
    });

    await t.step("a power cut: another answers", async () => {
      await lan.lan.unplug(first);
      await ofNode(speakers, first).end("SIGKILL");
      const second = await lan.settled(VIP);
      assert.notEqual(second, first);
      assert.ok(NODES.some((node) => node === second));

      await lan.lan.reset(first);
      await lan.lan.plug(first);
      speakers.set(first, await lan.start(nodeName(first)));
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      assert.deepEqual(await lan.answering(VIP), [second], "the node that returned took it back");
    });

    await t.step("a Service that is deleted: nobody answers", async () => {
      await lan.withdraw("whoami");
      await eventually(
        "silence",
        5,
        async () => (await lan.answering(VIP)).length === 0 || undefined,
      );
    });
  },
);

async function startAll(lan: SpeakerLan): Promise<Map<string, Speaker>> {
  const speakers = await Promise.all(NODES.map((node) => lan.start(node)));
  return new Map(speakers.map((speaker) => [speaker.node, speaker]));
}

function ofNode(speakers: ReadonlyMap<string, Speaker>, node: string): Speaker {
  const speaker = speakers.get(node);
  if (speaker === undefined) throw new RangeError(`No speaker on "${node}"`);
  return speaker;
}

function nodeName(text: string): NodeName {
  const found = NODES.find((node) => node === text);
  if (found === undefined) throw new RangeError(`Not a node: "${text}"`);
  return found;
}
