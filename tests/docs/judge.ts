import assert from "node:assert/strict";
import type { Outcome } from "../../demo/program.ts";
import type { Block } from "./blocks.ts";
import { mismatch } from "./output.ts";

/** The words that run a block as a page's reader does: `bash`, which stops at the first command that fails. */
export function shellWords({ script }: Block): readonly string[] {
  return ["bash", "-eu", "-c", script];
}

/** What a step that runs a block is called. */
export function titleOf({ page, line }: Block): string {
  return `${page}:${line}`;
}

/**
 * Compares what came of a block with what its page says: how it ends, and the output where one is shown (of
 * standard output and errors, in this order).
 *
 * @throws AssertionError with the place and everything that was said
 */
export function judge(block: Block, { code, stdout, stderr }: Outcome): void {
  const said = `${stdout}${stderr}`;
  const where = `${titleOf(block)}\n${block.script}\n`;
  const hasFailed = code !== 0;
  assert.equal(hasFailed, block.ends === "with failure", `${where}ended with ${code}:\n${said}`);
  const difference = block.output === undefined ? undefined : mismatch(block.output, said);
  assert.equal(difference, undefined, `${where}${difference}`);
}
