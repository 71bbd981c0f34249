import { deepStrictEqual, ok } from "node:assert/strict";
import { createRegistry } from "./metrics.ts";

Deno.test("createRegistry() has the figures of a process, all of them real, and no others", async () => {
  const registry = createRegistry({ version: "1.2.3", role: "leader" });
  const metrics = await registry.getMetricsAsJSON();
  deepStrictEqual(metrics.map(({ name }) => name).toSorted(), [
    "lanlord_build_info",
    "process_cpu_seconds_total",
    "process_cpu_system_seconds_total",
    "process_cpu_user_seconds_total",
    "process_heap_bytes",
    "process_resident_memory_bytes",
    "process_start_time_seconds",
  ]);
  for (const { name, values } of metrics) {
    for (const { value } of values) ok(value > 0, `${name} is ${value}`);
  }
});

Deno.test({
  name: "createRegistry() needs no permission",
  permissions: "none",
  fn: async () => {
    const text = await createRegistry({ version: "1.2.3", role: "leader" }).metrics();
    ok(/^process_resident_memory_bytes [1-9]/m.test(text), text);
  },
});
