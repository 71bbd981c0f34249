import { cpuUsage } from "node:process";
import { systemClock } from "./clock.ts";
import { Counter, Gauge, type Registry } from "./prometheus.ts";

/**
 * Registers what Prometheus' conventions name of every process. Read when asked for, so that they cost
 * nothing otherwise, and without any permission. `process_open_fds` is not among them: Deno opens
 * `/proc/self` only to processes that may do everything, and roles drop what they do not keep.
 *
 * prom-client's own set is not used: it samples the event loop a hundred times a second, and most of its
 * series tell about libuv and V8's spaces, which Deno does not have or reports as 0.
 */
export function registerProcessMetrics(registry: Registry): void {
  const registers = [registry];
  const startedAt = systemClock.nowWall() / 1000;
  counter("process_cpu_user_seconds_total", "CPU time in user mode", () => cpuUsage().user);
  counter("process_cpu_system_seconds_total", "CPU time in the kernel", () => cpuUsage().system);
  counter("process_cpu_seconds_total", "CPU time in user mode and in the kernel", () => {
    const { user, system } = cpuUsage();
    return user + system;
  });
  gauge("process_start_time_seconds", "When the process started, since 1970", () => startedAt);
  gauge("process_resident_memory_bytes", "Memory in RAM", () => Deno.memoryUsage().rss);
  gauge("process_heap_bytes", "Size of the JavaScript heap", () => Deno.memoryUsage().heapTotal);

  function counter(name: string, help: string, microseconds: () => number): void {
    new Counter({
      name,
      help,
      registers,
      collect(): void {
        this.reset();
        this.inc(microseconds() / 1e6);
      },
    });
  }

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect(): void {
        this.set(value());
      },
    });
  }
}
