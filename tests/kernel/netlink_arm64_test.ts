import assert from "node:assert/strict";
import { ARM64_SYSROOT, arm64DenoPath } from "../arm64/given.ts";
import { run } from "../command.ts";
import { testWith } from "../needs.ts";
import { parseTally } from "../summary.ts";

/** Tests of the real kernel that run on arm64 as well, and which of them where it is not all. */
const FILES: Readonly<Record<string, string>> = {
  "netlink_libc_test.ts": "",
  "netlink_test.ts": "",
  "netlink_monitor_test.ts": "",
  // QEMU 7 knows no options of SOL_PACKET (ENOPROTOOPT), which neighbour discovery takes for its groups.
  "netlink_packet_test.ts": "/foreign ARP|goes down|names the link/",
  // Others of them open such a socket too, assert on speed, or start Deno again, which only QEMU could.
  "netlink_lifetime_test.ts": "/when it fails|idempotent/",
};

/**
 * The processor and its C library are emulated, and with them every call's arguments, structures and error
 * numbers; the kernel behind them is this machine's.
 */
testWith(
  ["netns", "qemu", "arm64-deno"],
  "netlink/ works with the C library of arm64",
  async (t) => {
    const cache = await Deno.makeTempDir({ prefix: "lanlord-arm64-" });
    try {
      for (const [file, filter] of Object.entries(FILES)) {
        await t.step(file, () => passesOnArm64(file, filter, cache));
      }
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
);

async function passesOnArm64(file: string, filter: string, cache: string): Promise<void> {
  const { code, stdout, stderr } = await run([
    ...["env", `DENO_DIR=${cache}`, "NO_COLOR=1"],
    ...["qemu-aarch64-static", "-L", ARM64_SYSROOT, arm64DenoPath()],
    // Types are checked elsewhere; nothing is to be fetched.
    ...["test", "-A", "--no-check", "--no-lock", "--no-npm", "--no-remote", "--filter", filter],
    new URL(file, import.meta.url).pathname,
  ]);
  assert.equal(code, 0, stdout + stderr);
  const { passed, skipped } = parseTally(stdout.split("\n"), code);
  assert.ok(passed > 0 && skipped === 0, stdout);
}
