import { deepEqual, rejects } from "node:assert/strict";
import { listAll } from "./list.ts";
import { CONFIG_MAPS } from "./resources.ts";
import { type ScriptedAnswer, scriptedKube } from "./testing.ts";
import type { Json } from "./types.ts";

function page(next: string, ...names: readonly string[]): ScriptedAnswer {
  const items: Json = names.map((name) => ({ metadata: { namespace: "n", name } }));
  return { kind: "body", body: { metadata: { continue: next }, items } };
}

const EXPIRED: ScriptedAnswer = { kind: "status", status: 410 };
const REFUSED: ScriptedAnswer = { kind: "status", status: 403 };

Deno.test("listAll() reads page by page, and asks anew for a list that expired", async (t) => {
  const rows: readonly (readonly [string, readonly ScriptedAnswer[], readonly string[]])[] = [
    ["none", [page("")], []],
    ["one page", [page("", "a", "b")], ["a", "b"]],
    ["two pages", [page("x", "a"), page("", "b")], ["a", "b"]],
    ["expired", [page("x", "old"), EXPIRED, page("", "a")], ["a"]],
  ];
  for (const [name, answers, want] of rows) {
    await t.step(name, async () => {
      const kube = scriptedKube((_, n) => answers[n] ?? page(""));
      const selection = { namespace: "n", labelSelector: "a=b" };
      const found = await listAll(kube, CONFIG_MAPS, selection, new AbortController().signal);
      deepEqual(found.map(({ meta }) => meta.name), want);
      deepEqual(kube.calls.length, answers.length);
      for (const call of kube.calls) deepEqual(call.query?.["labelSelector"], "a=b");
    });
  }
});

Deno.test("listAll() rejects with what the server says", async () => {
  const kube = scriptedKube(() => REFUSED);
  await rejects(listAll(kube, CONFIG_MAPS, {}, new AbortController().signal), { status: 403 });
});
