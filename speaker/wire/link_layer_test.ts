import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes } from "../../ip/mac.ts";
import type { Answerer, Netlink, PacketSocket } from "../../netlink/mod.ts";
import type { Clock } from "../../ops/clock.ts";
import { createRegistry } from "../../ops/metrics.ts";
import { arpAnnouncements, arpProbe, encodeArpFrame } from "./arp.ts";
import { DIALECTS } from "./dialect.ts";
import type { LocalInterface } from "../desired/interfaces.ts";
import { LinkLayer } from "./link_layer.ts";
import { SpeakerMetrics } from "../told/metrics.ts";
import type { NeighborPacket } from "./neighbor.ts";
import { DEFAULT_TIMINGS } from "../ownership/timings.ts";

const OWN = mac(1);
const OTHER = mac(2);
const VIP = ip("192.168.0.200");
const LINK = 7;
const FACE: LocalInterface = { index: LINK, name: "eth0", mac: OWN, hasCarrier: true, subnets: [] };

Deno.test("a link layer that answers opens sockets for what this station alone is asked", async () => {
  for (const answers of [false, true]) {
    await using world = open(answers);
    assert.deepEqual(world.opened, [answers ? "process" : "kernel"]);
  }
});

Deno.test("a probe to this station alone is answered, and tells the table nothing", async () => {
  await using world = open(true);
  world.hear(encodeArpFrame(arpProbe(OTHER, VIP), OWN));
  assert.deepEqual([world.sentTo(), world.told], [[OTHER], []]);
  world.hear(encodeArpFrame(arpProbe(OTHER, VIP), BROADCAST));
  assert.deepEqual([world.sentTo(), world.told.length], [[OTHER, OTHER], 1]);
});

Deno.test("after a silence nothing is answered or announced before all is read", async () => {
  await using world = open(true);
  world.now = 500;
  assert.equal(world.links.maySpeak(LINK), false);
  world.links.announce(VIP, LINK);
  world.hear(encodeArpFrame(arpProbe(OTHER, VIP), BROADCAST));
  assert.deepEqual(world.sentTo(), []);
  world.now = 530;
  world.links.drain();
  assert.deepEqual(world.sentTo(), [OTHER]);
  world.links.announce(VIP, LINK);
  assert.deepEqual(world.sentTo(), [OTHER, BROADCAST, BROADCAST]);
});

Deno.test("what another used in the silence is lost before the table hears of it", async () => {
  await using world = open(true);
  world.now = 500;
  world.hear(encodeArpFrame(arpAnnouncements(OTHER, VIP)[0], BROADCAST));
  assert.deepEqual(world.order, ["lapse 192.168.0.200", "packet"]);
});

Deno.test("where the kernel answers a link layer neither answers nor waits", async () => {
  await using world = open(false);
  world.now = 500;
  world.hear(encodeArpFrame(arpProbe(OTHER, VIP), BROADCAST));
  world.links.announce(VIP, LINK);
  assert.deepEqual([world.sentTo(), world.order], [[BROADCAST, BROADCAST], ["packet"]]);
});

interface World extends AsyncDisposable {
  readonly links: LinkLayer;
  readonly opened: Answerer[];
  readonly told: NeighborPacket[];
  readonly order: string[];
  now: number;
  /** A frame arrives, and is read together with all others. */
  hear(frame: Uint8Array): void;
  /** Where frames were sent to, in order. */
  sentTo(): readonly Mac[];
}

function open(answers: boolean): World {
  const sent: Uint8Array[] = [];
  const waiting: Uint8Array[] = [];
  const held = new Set([VIP.value]);
  const opened: Answerer[] = [];
  const metrics = new SpeakerMetrics(
    createRegistry({ version: "0", role: "speaker" }),
    "n1",
    () => [],
  );
  const socket: PacketSocket = {
    send: (frame) => void sent.push(frame),
    receive: () => waiting.shift(),
    async *frames(): AsyncGenerator<Uint8Array, void, undefined> {},
    [Symbol.dispose]: () => {},
  };
  const netlink: Netlink = {
    openRoute: () => assert.fail("no route"),
    monitor: () => assert.fail("no monitor"),
    openPacket: (_, _filter, answerer = "kernel") => {
      opened.push(answerer);
      return socket;
    },
    readParameter: () => assert.fail("no parameter"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const clock: Clock = { now: () => world.now, nowWall: () => 0, sleep: () => Promise.resolve() };
  const links = new LinkLayer({
    netlink,
    clock,
    log: () => {},
    metrics: metrics.frames.arp,
    dialect: DIALECTS.IPv4,
    onPacket: (packet) => {
      world.order.push("packet");
      world.told.push(packet);
    },
    answering: !answers ? undefined : {
      timings: DEFAULT_TIMINGS,
      metrics: metrics.respond,
      holds: ({ value }, linkIndex) => linkIndex === LINK && held.has(value),
      onLapse: (_, only) => {
        world.order.push(`lapse ${only}`);
        held.clear();
      },
    },
  });
  const world: World = {
    links,
    opened,
    told: [],
    order: [],
    now: 0,
    hear: (frame) => {
      waiting.push(frame);
      links.drain();
    },
    sentTo: () => sent.map((frame) => macFromBytes(frame.subarray(0, 6))),
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  };
  links.use(new Set([LINK]), [FACE]);
  return world;
}

function mac(last: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, last));
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}
