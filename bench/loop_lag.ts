/**
 * Loaded before a program, tells how late its event loop is: each second one line "<instant> <ms>" is added to the
 * file of LANLORD_BENCH_LAG, the instant in ms since 1970, and the longest that a timer of 20 ms was late. What the
 * process did not use CPU for does not count: then others had the machine.
 */
import { cpuUsage } from "node:process";

const EVERY_MS = 20;
const LINE_MS = 1_000;

const file = Deno.env.get("LANLORD_BENCH_LAG");
if (file !== undefined) {
  let lastAt = performance.now();
  let toldAt = lastAt;
  let longest = 0;
  let before = cpuUsage();
  const look = (): void => {
    const now = performance.now();
    const { user, system } = cpuUsage(before);
    before = cpuUsage();
    longest = Math.max(longest, Math.min(now - lastAt - EVERY_MS, (user + system) / 1_000));
    lastAt = now;
    if (now - toldAt >= LINE_MS) {
      const line = `${Math.round(Date.now())} ${longest.toFixed(1)}\n`;
      Deno.writeTextFileSync(file, line, { append: true });
      toldAt = now;
      longest = 0;
    }
  };
  Deno.unrefTimer(setInterval(look, EVERY_MS));
}
