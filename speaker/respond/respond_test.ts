import assert from "node:assert/strict";
import { type IpAddress, parseIp } from "../../ip/address.ts";
import { BROADCAST, type Mac, macFromBytes } from "../../ip/mac.ts";
import { arpAnnouncements, type ArpPacket, decodeArpFrame } from "../wire/arp.ts";
import { DIALECTS } from "../wire/dialect.ts";
import {
  decodeNdpFrame,
  encodeNdpFrame,
  ndpAnnouncement,
  ndpProbe,
  ndpQuestion,
} from "../wire/ndp.ts";
import type { NeighborPacket } from "../wire/neighbor.ts";
import { respond, type RespondDropReason } from "./respond.ts";
import { ALL_NODES, multicastMac, solicitedNode } from "../wire/solicited_node.ts";

const OWN = mac(1);
const ASKER = mac(2);
const VIP = ip("192.168.0.200");
const VIP6 = ip("fd00::200");
const ASKER_IP = ip("192.168.0.99");
const ASKER_LINK_LOCAL = ip("fe80::99");
const UNSPECIFIED = ip("0.0.0.0");

const QUESTION: ArpPacket = {
  operation: "request",
  senderMac: ASKER,
  senderIp: ASKER_IP,
  targetMac: mac(0),
  targetIp: VIP,
};
const SOLICITATION = read6(ndpQuestion(ASKER_LINK_LOCAL, ASKER, VIP6));
const GROUP = multicastMac(solicitedNode(VIP6));
const [GRATUITOUS_REQUEST, GRATUITOUS_REPLY] = arpAnnouncements(ASKER, VIP);

interface Row {
  readonly name: string;
  readonly packet: NeighborPacket;
  readonly destination: Mac;
  readonly want: RespondDropReason;
}

const DROPPED: readonly Row[] = [
  {
    name: "a reply",
    packet: { ...QUESTION, operation: "reply" },
    destination: OWN,
    want: "not-a-question",
  },
  {
    name: "our own frame",
    packet: { ...QUESTION, senderMac: OWN },
    destination: BROADCAST,
    want: "own",
  },
  {
    name: "a gratuitous request",
    packet: GRATUITOUS_REQUEST,
    destination: BROADCAST,
    want: "gratuitous",
  },
  {
    name: "a gratuitous reply",
    packet: GRATUITOUS_REPLY,
    destination: BROADCAST,
    want: "not-a-question",
  },
  {
    name: "a question to another station",
    packet: QUESTION,
    destination: mac(3),
    want: "not-to-us",
  },
  { name: "a question to a group", packet: QUESTION, destination: GROUP, want: "not-to-us" },
  {
    name: "a question for another's address",
    packet: { ...QUESTION, targetIp: ip("192.168.0.201") },
    destination: BROADCAST,
    want: "not-held",
  },
  {
    name: "an advertisement",
    packet: read6(ndpAnnouncement(ASKER, VIP6)),
    destination: multicastMac(ALL_NODES),
    want: "not-a-question",
  },
  {
    name: "a solicitation from the address itself",
    packet: { ...SOLICITATION, senderIp: VIP6 },
    destination: GROUP,
    want: "gratuitous",
  },
  {
    name: "a solicitation to all nodes",
    packet: SOLICITATION,
    destination: multicastMac(ALL_NODES),
    want: "not-to-us",
  },
  {
    name: "a solicitation to another address's group",
    packet: SOLICITATION,
    destination: multicastMac(solicitedNode(ip("fd00::201"))),
    want: "not-to-us",
  },
  {
    name: "a solicitation for an address of the same group",
    packet: { ...SOLICITATION, targetIp: ip("fd00:1::200") },
    destination: GROUP,
    want: "not-held",
  },
];

Deno.test("respond() answers nothing but questions for what is held", async (t) => {
  for (const { name, packet, destination, want } of DROPPED) {
    await t.step(name, () => assert.equal(answer(packet, destination), want));
  }
});

Deno.test("respond() answers ARP to the asker alone", async (t) => {
  for (const [name, senderIp] of [["a question", ASKER_IP], ["a probe", UNSPECIFIED]] as const) {
    for (const destination of [BROADCAST, OWN]) {
      await t.step(`${name} to ${destination}`, () => {
        const frame = framed({ ...QUESTION, senderIp }, destination);
        assert.equal(macFromBytes(frame.subarray(0, 6)), ASKER);
        assert.equal(macFromBytes(frame.subarray(6, 12)), OWN);
        assert.deepEqual(decodeArpFrame(frame), {
          operation: "reply",
          senderMac: OWN,
          senderIp: VIP,
          targetMac: ASKER,
          targetIp: senderIp,
        });
      });
    }
  }
});

Deno.test("respond() answers a solicitation to the asker alone (RFC 4861 §7.2.4)", async (t) => {
  for (const destination of [GROUP, OWN]) {
    await t.step(`to ${destination}`, () => {
      const frame = framed(SOLICITATION, destination);
      assert.equal(macFromBytes(frame.subarray(0, 6)), ASKER);
      assert.deepEqual(decodeNdpFrame(frame), advertisement(ASKER_LINK_LOCAL, "solicited"));
    });
  }
});

Deno.test("respond() tells all nodes where the asker has no address", () => {
  const frame = framed(read6(ndpProbe(VIP6)), GROUP);
  assert.equal(macFromBytes(frame.subarray(0, 6)), multicastMac(ALL_NODES));
  assert.deepEqual(decodeNdpFrame(frame), advertisement(ALL_NODES, "unsolicited"));
});

function answer(packet: NeighborPacket, destination: Mac): Uint8Array | RespondDropReason {
  const dialect = DIALECTS[packet.targetIp.family];
  const holds = ({ value }: IpAddress): boolean => value === VIP.value || value === VIP6.value;
  return respond(packet, destination, { face: { mac: OWN }, dialect, holds });
}

function framed(packet: NeighborPacket, destination: Mac): Uint8Array {
  const frame = answer(packet, destination);
  if (typeof frame === "string") return assert.fail(`dropped: ${frame}`);
  return frame;
}

function advertisement(destination: IpAddress, how: "solicited" | "unsolicited"): unknown {
  return {
    sourceMac: OWN,
    message: {
      kind: "advertisement",
      source: VIP6,
      destination,
      target: VIP6,
      linkLayer: OWN,
      isRouter: false,
      isSolicited: how === "solicited",
      isOverride: true,
    },
  };
}

function read6(message: Parameters<typeof encodeNdpFrame>[0]["message"]): NeighborPacket {
  const packet = DIALECTS.IPv6.readFrame(encodeNdpFrame({ sourceMac: ASKER, message }, BROADCAST));
  if (typeof packet === "string") return assert.fail(packet);
  return packet;
}

function mac(last: number): Mac {
  return macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, last));
}

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}
