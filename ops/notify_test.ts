import { deepStrictEqual } from "node:assert/strict";
import { createNotifier } from "./notify.ts";

Deno.test("a notifier tells again what did not get there, and logs that once", () => {
  const sent: string[] = [];
  const logged: string[] = [];
  let isThere = false;
  const notifier = createNotifier({
    send: (datagram) => {
      if (!isThere) throw new Error("Cannot connect: ECONNREFUSED");
      sent.push(new TextDecoder().decode(datagram));
    },
    watchdogMs: undefined,
    now: () => 0,
    log: (_level, event) => logged.push(event),
  });
  notifier.beat("Leading");
  notifier.beat("Leading");
  isThere = true;
  notifier.beat("Leading");
  notifier.beat("Leading");
  notifier.stopping();
  deepStrictEqual(sent, ["READY=1\nSTATUS=Leading", "STOPPING=1\nSTATUS=Stopping"]);
  deepStrictEqual(logged, ["notNotified"]);
});
