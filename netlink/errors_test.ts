import assert from "node:assert/strict";
import { NetlinkError, SyscallError } from "./errors.ts";

Deno.test("errors carry numbers and names, and say the action first", async (t) => {
  const cause = new Error("cause");
  const rows = [
    {
      error: new SyscallError("bind", 98),
      fields: { name: "SyscallError", call: "bind", errno: 98, code: "EADDRINUSE" },
      message: 'Cannot call "bind": EADDRINUSE',
    },
    {
      error: new SyscallError("socket", 1, { action: "open it", hint: "ask", cause }),
      fields: { name: "SyscallError", call: "socket", errno: 1, code: "EPERM", cause },
      message: "Cannot open it: EPERM: ask",
    },
    {
      error: new SyscallError("socket", 4095),
      fields: { code: "errno 4095" },
      message: 'Cannot call "socket": errno 4095',
    },
    {
      error: new NetlinkError("do it", { errno: 22, detail: undefined, offset: undefined }),
      fields: { name: "NetlinkError", errno: 22, code: "EINVAL" },
      message: "Cannot do it: EINVAL",
    },
    {
      error: new NetlinkError("do it", { errno: 34, detail: "bad value", offset: 24 }, "ask"),
      fields: { detail: "bad value", offset: 24 },
      message: "Cannot do it: ERANGE: bad value: at byte 24 of the request: ask",
    },
  ];
  for (const { error, fields, message } of rows) {
    await t.step(message, () => {
      assert.equal(error.message, message);
      for (const [field, want] of Object.entries(fields)) {
        assert.equal(Reflect.get(error, field), want, field);
      }
    });
  }
});
