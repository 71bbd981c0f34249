import assert from "node:assert/strict";
import { ERRNO } from "./errno.ts";
import { SyscallError } from "./errors.ts";
import { readParameter } from "./parameter.ts";

interface Row {
  readonly name: string;
  readonly says: string | SyscallError;
  readonly want: string | undefined;
}

const rows: readonly Row[] = [
  { name: "a number", says: "2\n", want: "2" },
  { name: "nothing", says: "", want: "" },
  { name: "no such file", says: new SyscallError("open", ERRNO.ENOENT), want: undefined },
];

Deno.test("readParameter()", async (t) => {
  for (const { name, says, want } of rows) {
    await t.step(name, () => {
      const open = new Set<number>();
      assert.equal(readParameter(libcThatReads(says, open), "/proc/sys/x"), want);
      assert.deepEqual([...open], []);
    });
  }
  await t.step("throws what is no absence", () => {
    const libc = libcThatReads(new SyscallError("open", ERRNO.EACCES), new Set());
    assert.throws(() => readParameter(libc, "/proc/sys/x"), { code: "EACCES" });
  });
});

function libcThatReads(
  says: string | SyscallError,
  open: Set<number>,
): Parameters<typeof readParameter>[0] {
  return {
    openFile: () => {
      if (says instanceof SyscallError) throw says;
      open.add(7);
      return 7;
    },
    readFile: (_fd, buffer) => new TextEncoder().encodeInto(String(says), buffer).written,
    close: (fd) => void open.delete(fd),
  };
}
