import { match, strictEqual } from "node:assert/strict";
import { createHealth } from "./health.ts";
import { createRegistry } from "./metrics.ts";
import { type Routes, serveOps } from "./serve.ts";

Deno.test("serveOps() serves metrics and probes until its signal aborts", async (t) => {
  let now = 0;
  const stop = new AbortController();
  const health = createHealth({ now: () => now, livenessMs: 1000 });
  const registry = createRegistry({ version: "1.2.3", role: "leader" });
  const routes: Routes = new Map();
  const parts = { registry, health, routes };
  const serving = serveOps({ hostname: "127.0.0.1", port: 0 }, parts, stop.signal);
  const ask = async (path: string, method = "GET"): Promise<[number, string]> => {
    const response = await fetch(`http://127.0.0.1:${serving.port}${path}`, { method });
    return [response.status, await response.text()];
  };
  await t.step("metrics", async () => {
    const [status, text] = await ask("/metrics");
    strictEqual(status, 200);
    match(text, /lanlord_build_info\{version="1.2.3",role="leader"\} 1/);
    match(text, /process_resident_memory_bytes [1-9]/);
  });
  await t.step("not ready, then ready", async () => {
    strictEqual((await ask("/readyz"))[0], 503);
    health.ready(true);
    strictEqual((await ask("/readyz"))[0], 200);
  });
  await t.step("alive until the loop stands still", async () => {
    strictEqual((await ask("/healthz"))[0], 200);
    health.beat("Working");
    now = 1001;
    strictEqual((await ask("/healthz"))[0], 503);
  });
  await t.step("what was added to its routes, piece by piece", async () => {
    routes.set("/things", () => ['{"things":', "[1,", "2]}"]);
    const response = await fetch(`http://127.0.0.1:${serving.port}/things`);
    strictEqual(response.headers.get("content-type"), "application/json");
    strictEqual(await response.text(), '{"things":[1,2]}');
    match((await ask("/"))[1], /metrics, .healthz, .readyz, .things/);
  });
  await t.step("nothing else", async () => {
    strictEqual((await ask("/"))[0], 404);
    strictEqual((await ask("/metrics", "POST"))[0], 405);
  });
  stop.abort();
  await serving.finished;
});

Deno.test("serveOps() says which address is taken and what to do", async () => {
  const stop = new AbortController();
  const parts = {
    registry: createRegistry({ version: "0", role: "leader" }),
    health: createHealth({ now: () => 0, livenessMs: 1 }),
  };
  const first = serveOps({ hostname: "127.0.0.1", port: 0 }, parts, stop.signal);
  try {
    serveOps({ hostname: "127.0.0.1", port: first.port }, parts, stop.signal);
    throw new Error("Expected a refusal");
  } catch (error) {
    match(
      String(error),
      /Cannot listen on "127.0.0.1:\d+" for metrics and probes; choose another with --http: it is in use$/,
    );
  }
  stop.abort();
  await first.finished;
});
