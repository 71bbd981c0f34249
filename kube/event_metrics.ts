import { Counter, type Registry } from "../ops/prometheus.ts";
import type { Events } from "./events.ts";

/** Shows how many Events were lost, read at each scrape. */
export function registerEventMetrics(registry: Registry, events: Pick<Events, "dropped">): void {
  new Counter({
    name: "lanlord_events_dropped_total",
    help: "Events that were not written: refused, too many about one object, or too many at once",
    registers: [registry],
    collect(): void {
      this.reset();
      this.inc(events.dropped);
    },
  });
}
