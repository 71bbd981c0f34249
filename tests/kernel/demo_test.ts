import assert from "node:assert/strict";
import { openLan } from "../../demo/lan/lan.ts";
import { holdNamespaces, leftovers } from "../../demo/story/leftovers.ts";
import { testWith } from "../needs.ts";
import { programWords } from "../program.ts";

const LIMIT_MS = 180_000;

/** What the story must have said, in this order; the words between are free. */
const LINES: readonly RegExp[] = [
  /A LAN 192\.168\.0\.0\/24/,
  /lanlord speaker --node-name n3/,
  /192\.168\.0\.200-192\.168\.0\.250/,
  /EXTERNAL-IP/,
  /LoadBalancer .*192\.168\.0\.200/,
  /Hostname: whoami-/,
  /IPAllocated/,
  /nodeAssigned/,
  /A power cut at n[123]/,
  /silent for \d+ ms on the wire; then n[123] answers/,
  /is back: 0 moves/,
  /kubectl delete service whoami/,
  /nothing is left/,
  /Every step held/,
];

testWith(["netns", "root"], "the demo tells its story to the end", async () => {
  await assertStory(["--runs", "2"]);
});

testWith(
  ["netns", "root", "apiserver"],
  "the demo's story holds with a real API server",
  async () => {
    await assertStory(["--api", "real"]);
  },
);

async function assertStory(args: readonly string[]): Promise<void> {
  const { code, text } = await runDemo(args);
  assert.equal(code, 0, text);
  let rest = text;
  for (const line of LINES) {
    const found = line.exec(rest);
    assert.ok(found, `wanted ${line} in the right place, found:\n${text}`);
    rest = rest.slice(found.index + found[0].length);
  }
  assert.ok(!text.includes("\x1b"), "found colours without a terminal");
}

testWith(["netns", "root"], "the demo refuses what it does not know", async () => {
  for (const args of [["--runs", "0"], ["--api", "fake"], ["--kep"]]) {
    const { code } = await runDemo(args);
    assert.equal(code, 2, args.join(" "));
  }
});

testWith(["netns", "root"], "another's new namespace is no leftover of ours", async () => {
  const ours = await openLan({ machines: { client: "192.168.0.99" } });
  using held = await holdNamespaces(ours, ["client"]);
  assert.notDeepEqual(await leftovers(held), []);
  await ours[Symbol.asyncDispose]();
  // The kernel numbers namespaces from the lowest number that is free.
  await using _theirs = await openLan({ machines: { client: "192.168.0.99" } });
  assert.deepEqual(await leftovers(held), []);
});

async function runDemo(args: readonly string[]): Promise<{ code: number; text: string }> {
  const [program = "", ...words] = programWords();
  await using child = new Deno.Command(program, {
    args: [...words, "demo", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGTERM"), LIMIT_MS);
  const { code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
