/** A thread of `searchOnAllCores`: takes orders from the port that it is given, and answers with findings. */
import { generate } from "./generate.ts";
import type { Order } from "./parallel.ts";
import { simulate } from "./simulate.ts";

addEventListener("message", (event) => {
  const port = event instanceof MessageEvent ? event.ports[0] : undefined;
  if (port === undefined) return;
  port.onmessage = ({ data: { seed, nodes } }: MessageEvent<Order>) => {
    const scenario = generate({ seed, ...nodes === undefined ? {} : { nodes } });
    const { violations, gaps, overlaps, faults, moves, frames, nodeMs, ...counts } = simulate(
      scenario,
    );
    const { calmFrames, calmNodeMs, events } = counts;
    port.postMessage({
      violations,
      gaps,
      overlaps,
      faults,
      moves,
      frames,
      nodeMs,
      calmFrames,
      calmNodeMs,
      events,
    });
  };
});
