import assert from "node:assert/strict";
import { kubeconfigText } from "../kubeconfig.ts";
import { testWith } from "../needs.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const NETLINK = JSON.stringify(import.meta.resolve("../../netlink/mod.ts"));
const MISSING = "is missing (run as root, with";
const WHERE = "in the container's securityContext.capabilities)";

interface Row {
  readonly name: string;
  readonly dropped: string;
  readonly flags: readonly string[];
  /** What it says before it exits with code 1. */
  readonly want: string;
}

const ROWS: readonly Row[] = [
  {
    name: "bind without CAP_NET_ADMIN",
    dropped: "-net_admin",
    flags: [],
    want:
      `Cannot bind addresses in the kernel: EPERM: CAP_NET_ADMIN ${MISSING} NET_ADMIN ${WHERE}` +
      "; --l2 respond does without, see docs/protocol.md",
  },
  {
    name: "bind without CAP_NET_RAW",
    dropped: "-net_raw",
    flags: [],
    want:
      `Cannot open packet socket for ARP on link 1: EPERM: CAP_NET_RAW ${MISSING} NET_RAW ${WHERE}`,
  },
  {
    name: "respond without CAP_NET_RAW",
    dropped: "-net_raw,-net_admin",
    flags: ["--l2", "respond"],
    want:
      `Cannot open packet socket for ARP on link 1: EPERM: CAP_NET_RAW ${MISSING} NET_RAW ${WHERE}`,
  },
];

testWith(["netns", "root"], "a speaker that cannot work says why in one line", async (t) => {
  const kubeconfig = await Deno.makeTempFile({ suffix: ".json" });
  await using _file = { [Symbol.asyncDispose]: () => Deno.remove(kubeconfig) };
  await Deno.writeTextFile(kubeconfig, kubeconfigText("http://127.0.0.1:1"));
  for (const { name, dropped, flags, want } of ROWS) {
    await t.step(name, async () => {
      const role = ["speaker", "--node-name", "n1", "--http", "off", "--kubeconfig", kubeconfig];
      const { code, stderr } = await new Deno.Command("setpriv", {
        args: ["--bounding-set", dropped, Deno.execPath(), "run", "-A", MAIN, ...role, ...flags],
      }).output();
      assert.equal(new TextDecoder().decode(stderr), `lanlord speaker: ${want}\n`);
      assert.equal(code, 1);
    });
  }
});

testWith(["netns", "root"], "a seccomp profile is named where it may be the reason", async (t) => {
  const filter = "the seccomp filter of this container or unit (seccompProfile RuntimeDefault " +
    "lets it pass, as does AF_PACKET in systemd's RestrictAddressFamilies)";
  const rows = [
    [
      1,
      `EPERM: CAP_NET_RAW is in effect, so it is ${filter}, or a network namespace that belongs ` +
      "to another user namespace",
    ],
    [
      13,
      `EACCES: CAP_NET_RAW is in effect, so it is ${filter}, or a security module (AppArmor, ` +
      "SELinux)",
    ],
    [97, `EAFNOSUPPORT: ${filter}`],
  ] as const;
  for (const [errno, want] of rows) {
    await t.step(`error ${errno}`, async () => {
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-config", forbidPacketSockets(errno)],
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      assert.equal(
        new TextDecoder().decode(stdout),
        `Cannot open packet socket for ARP on link 1: ${want}\n`,
      );
    });
  }
});

/** A program that forbids itself socket(AF_PACKET, …), with this error, and opens one: seccomp(2). */
function forbidPacketSockets(errno: number): string {
  return `
    const prctl = Deno.dlopen("libc.so.6", {
      prctl: { parameters: ["i32", "u64", "buffer", "u64", "u64"], result: "i32" },
    }).symbols.prctl;
    const NUMBER = Deno.build.arch === "x86_64" ? 41 : 198; // of socket(2)
    const RET_ALLOW = 0x7fff0000, RET_ERRNO = 0x00050000 + ${errno};
    // struct seccomp_data: 0 u32 nr, 16 u64 args[0], the family; AF_PACKET is 17.
    const code = [
      [0x20, 0, 0, 0], [0x15, 0, 3, NUMBER],
      [0x20, 0, 0, 16], [0x15, 0, 1, 17],
      [0x06, 0, 0, RET_ERRNO], [0x06, 0, 0, RET_ALLOW],
    ];
    const filter = new DataView(new ArrayBuffer(8 * code.length));
    code.forEach(([op, jt, jf, k], i) => {
      filter.setUint16(8 * i, op, true);
      filter.setUint8(8 * i + 2, jt);
      filter.setUint8(8 * i + 3, jf);
      filter.setUint32(8 * i + 4, k, true);
    });
    const program = new DataView(new ArrayBuffer(16)); // struct sock_fprog
    program.setUint16(0, code.length, true);
    const at = Deno.UnsafePointer.value(Deno.UnsafePointer.of(filter));
    program.setBigUint64(8, BigInt(at), true);
    prctl(38, 1n, null, 0n, 0n); // PR_SET_NO_NEW_PRIVS
    prctl(22, 2n, new Uint8Array(program.buffer), 0n, 0n); // PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    const { openNetlink } = await import(${NETLINK});
    await using netlink = openNetlink();
    try { netlink.openPacket(1, "arp") } catch (error) { console.log(error.message) }
  `;
}
