import assert from "node:assert/strict";
import { createVoice } from "./voice.ts";

Deno.test("createVoice() writes plain lines where there are no colours", () => {
  const lines: string[] = [];
  const voice = createVoice((line) => lines.push(line), false);
  voice.step("One");
  voice.command("kubectl get svc");
  voice.output("a\n\nb\n");
  assert.deepEqual(lines, ["", " 1 One", "   $ kubectl get svc", "     a", "", "     b"]);
});

Deno.test("createVoice() paints commands and what has come about", () => {
  const lines: string[] = [];
  const voice = createVoice((line) => lines.push(line), true);
  voice.command("ls");
  voice.good("held");
  assert.deepEqual(lines, [
    "   \x1b[2m$\x1b[0m \x1b[36mls\x1b[0m",
    "   \x1b[32mheld\x1b[0m",
  ]);
});
