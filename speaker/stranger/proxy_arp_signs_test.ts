import assert from "node:assert/strict";
import { formatIp } from "../../ip/address.ts";
import { ip, OTHER, OWN, STRANGER } from "../../tests/ownership/stage.ts";
import { arpProbe, arpReply } from "../wire/arp.ts";
import { ProxyArpSigns } from "./proxy_arp_signs.ts";

const answerOf = (mac: typeof STRANGER, address: string): ReturnType<typeof arpReply> =>
  arpReply(mac, arpProbe(OWN.n1, ip(address)));

Deno.test("who answers for an address that nobody has is told of, once", () => {
  const signs = new ProxyArpSigns();
  assert.equal(signs.note(STRANGER, "192.168.0.200"), undefined);
  const question = signs.questionFor(STRANGER, "IPv4");
  assert.equal(question && formatIp(question), "192.0.2.1");
  assert.equal(signs.hear(answerOf(STRANGER, "192.168.0.200")), undefined);
  assert.equal(signs.hear(answerOf(OTHER, "192.0.2.1")), undefined);
  assert.deepEqual(signs.hear(answerOf(STRANGER, "192.0.2.1")), {
    mac: STRANGER,
    why: "it answers for 192.0.2.1, which nobody has",
  });
  assert.equal(signs.hear(answerOf(STRANGER, "192.0.2.1")), undefined);
});

Deno.test("a stranger is asked once in each family, and only one that uses our addresses", () => {
  const signs = new ProxyArpSigns();
  assert.equal(signs.questionFor(STRANGER, "IPv4"), undefined);
  signs.note(STRANGER, "192.168.0.200");
  assert.notEqual(signs.questionFor(STRANGER, "IPv4"), undefined);
  assert.equal(signs.questionFor(STRANGER, "IPv4"), undefined);
  const question = signs.questionFor(STRANGER, "IPv6");
  assert.equal(question && formatIp(question), "2001:db8::1");
});

Deno.test("one that answers for three addresses of ours is told of, once", () => {
  const signs = new ProxyArpSigns();
  const told = ["1", "2", "2", "3", "4"].map((n) => signs.note(STRANGER, `192.168.0.20${n}`)?.why);
  const why = "it answers for 3 addresses of ours";
  assert.deepEqual(told, [undefined, undefined, undefined, why, undefined]);
  assert.equal(signs.note(OTHER, "192.168.0.205"), undefined);
});

Deno.test("an address that nobody has is no sign where it was not asked for", () => {
  const signs = new ProxyArpSigns();
  signs.note(STRANGER, "192.168.0.200");
  assert.equal(signs.hear(answerOf(STRANGER, "192.0.2.1")), undefined);
});
