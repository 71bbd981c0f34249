import { match } from "node:assert/strict";
import { createRegistry } from "../ops/metrics.ts";
import { registerEventMetrics } from "./event_metrics.ts";

Deno.test("registerEventMetrics() shows what is lost by the time of the scrape", async () => {
  const registry = createRegistry({ version: "0", role: "leader" });
  const events = { dropped: 0 };
  registerEventMetrics(registry, events);
  match(await registry.metrics(), /^lanlord_events_dropped_total 0$/m);
  events.dropped = 7;
  match(await registry.metrics(), /^lanlord_events_dropped_total 7$/m);
  match(await registry.metrics(), /^lanlord_events_dropped_total 7$/m);
});
