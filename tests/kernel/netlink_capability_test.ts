import assert from "node:assert/strict";
import { testWith } from "../needs.ts";

const MODULE = JSON.stringify(import.meta.resolve("../../netlink/mod.ts"));

interface Row {
  readonly name: string;
  readonly dropped: string;
  /** Statements that use `netlink` and `address`; prints or throws. */
  readonly program: string;
  readonly want: string;
}

const ROWS: readonly Row[] = [
  {
    name: "a packet socket without CAP_NET_RAW",
    dropped: "-net_raw",
    program: "netlink.openPacket(1, 'arp')",
    want: "Cannot open packet socket for ARP on link 1: EPERM: CAP_NET_RAW is missing " +
      "(run as root, with NET_RAW in the container's securityContext.capabilities)",
  },
  {
    name: "a changed address without CAP_NET_ADMIN",
    dropped: "-net_admin",
    program: "const [e] = await netlink.openRoute().replaceAddresses([address], signal); throw e",
    want: 'Cannot set address "192.0.2.1/32" of link 1: EPERM: CAP_NET_ADMIN is missing ' +
      "(run as root, with NET_ADMIN in the container's securityContext.capabilities)",
  },
  {
    name: "listing and watching without either",
    dropped: "-net_raw,-net_admin",
    program: "netlink.monitor(signal); await netlink.openRoute().listLinks(signal)",
    want: "",
  },
];

testWith(["netns", "root"], "a refusal names the missing capability", async (t) => {
  for (const { name, dropped, program, want } of ROWS) {
    await t.step(name, async () => assert.equal(await messageOf(program, dropped), want));
  }
});

/** Runs the program without some capabilities, and tells the message of what it throws. */
async function messageOf(program: string, dropped: string): Promise<string> {
  const script = `
    import { openNetlink } from ${MODULE};
    const { signal } = new AbortController();
    await using netlink = openNetlink();
    const address = {
      linkIndex: 1, address: { family: "IPv4", value: 0xc0000201n }, prefixLength: 32, scope: 0,
      flags: 0, label: undefined, proto: 0, preferredSeconds: 0, validSeconds: 30,
    };
    try { ${program} } catch (error) { console.log(error.message) }
  `;
  const { stdout, stderr } = await new Deno.Command("setpriv", {
    args: ["--bounding-set", dropped, Deno.execPath(), "eval", "--no-config", script],
  }).output();
  const text = new TextDecoder();
  assert.equal(text.decode(stderr), "");
  return text.decode(stdout).trim();
}
