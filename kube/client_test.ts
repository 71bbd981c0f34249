import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { messageOf } from "../ops/log.ts";
import { anonymousCredentials, type Credentials } from "./access.ts";
import { type ClientDeps, createClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import type { KubeCall } from "./kube.ts";
import { quickClock, VirtualClock } from "./testing.ts";
import type { Json } from "./types.ts";

const SERVER = "http://api.test";
const CALL: KubeCall = { method: "GET", path: "/api/v1/services", query: { labelSelector: "a=b" } };
const NEVER = new AbortController().signal;

function clientOf(
  fetch: NonNullable<ClientDeps["fetch"]>,
  credentials: Credentials = anonymousCredentials(SERVER),
): ReturnType<typeof createClient> {
  return createClient(credentials, { fetch, clock: quickClock(10_000) });
}

/** A streamed body of these chunks, that ends, breaks or stands after the last. */
function bodyOf(chunks: readonly string[], end: "ends" | "breaks" | "stands"): ReadableStream {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      if (end === "ends") controller.close();
      if (end === "breaks") controller.error(new Error("connection reset"));
    },
  });
}

async function lines(stream: AsyncIterable<Json>): Promise<readonly Json[]> {
  const all: Json[] = [];
  for await (const line of stream) all.push(line);
  return all;
}

Deno.test("request() sends method, query, body and its type, and decodes the answer", async () => {
  const seen: string[] = [];
  using kube = clientOf(async (request) => {
    const { method, url, headers } = request;
    seen.push(`${method} ${url} ${headers.get("content-type")} ${await request.text()}`);
    return Response.json({ ok: true });
  });
  deepEqual(await kube.request(CALL, NEVER), { ok: true });
  const patch = { method: "PATCH", path: "/x", body: { a: 1 }, contentType: "t/p" } as const;
  await kube.request(patch, NEVER);
  deepEqual(seen, [
    `GET ${SERVER}/api/v1/services?labelSelector=a%3Db null `,
    `PATCH ${SERVER}/x t/p {"a":1}`,
  ]);
});

Deno.test("request() rejects with what the server said", async (t) => {
  const status = { kind: "Status", reason: "Conflict", message: "it changed" };
  const rows = [
    {
      name: "a Status",
      answer: () => Response.json(status, { status: 409 }),
      want: { status: 409, reason: "Conflict", retryAfterSeconds: undefined },
      message: `Cannot GET "/api/v1/services": 409 Conflict: it changed`,
    },
    {
      name: "Retry-After",
      answer: () => new Response("", { status: 429, headers: { "retry-after": "3" } }),
      want: { status: 429, reason: "TooManyRequests", retryAfterSeconds: 3 },
      message: `Cannot GET "/api/v1/services": 429 TooManyRequests: no explanation given`,
    },
    {
      name: "a page of a proxy",
      answer: () => new Response("<html>", { status: 502 }),
      want: { status: 502, reason: "BadGateway", retryAfterSeconds: undefined },
      message: `Cannot GET "/api/v1/services": 502 BadGateway: no explanation given`,
    },
    {
      name: "an answer that is not JSON",
      answer: () => new Response("<html>"),
      want: { status: 0, reason: "BrokenStream", retryAfterSeconds: undefined },
      message: `Cannot GET "/api/v1/services": BrokenStream: wanted JSON, found "<html>"`,
    },
  ];
  for (const { name, answer, want, message } of rows) {
    await t.step(name, async () => {
      using kube = clientOf(() => Promise.resolve(answer()));
      await rejects(kube.request(CALL, NEVER), (error) => {
        if (!(error instanceof KubeError)) return false;
        const { status, reason, retryAfterSeconds } = error;
        deepEqual({ status, reason, retryAfterSeconds }, want);
        equal(error.message, message);
        return true;
      });
    });
  }
});

Deno.test("request() rejects with status 0 when there is no server", async () => {
  using kube = clientOf(() => Promise.reject(new TypeError("connection refused")));
  await rejects(kube.request(CALL, NEVER), {
    name: "KubeError",
    status: 0,
    reason: "Unreachable",
    message: `Cannot GET "/api/v1/services": Unreachable: connection refused`,
  });
});

Deno.test("request() says once what went wrong, then its cause", async () => {
  const error = new TypeError("fetch failed", { cause: new Error("connection refused") });
  using kube = clientOf(() => Promise.reject(error));
  const said = await kube.request(CALL, NEVER).then(() => "nothing", messageOf);
  equal(said, `Cannot GET "/api/v1/services": Unreachable: fetch failed: connection refused`);
});

Deno.test("request() reads the token again after a 401, and tries once more", async () => {
  const sent: (string | null)[] = [];
  let token = "old";
  const credentials: Credentials = {
    ...anonymousCredentials(SERVER),
    token: (why) => {
      if (why === "rejected") token = "new";
      return Promise.resolve(token);
    },
  };
  using kube = clientOf((request) => {
    const authorization = request.headers.get("authorization");
    sent.push(authorization);
    return Promise.resolve(
      Response.json({}, { status: authorization === "Bearer new" ? 200 : 401 }),
    );
  }, credentials);
  await kube.request(CALL, NEVER);
  await kube.request(CALL, NEVER);
  deepEqual(sent, ["Bearer old", "Bearer new", "Bearer new"]);
});

Deno.test("request() gives up after a 401 when there is no newer token, and never tells it", async () => {
  const credentials: Credentials = {
    ...anonymousCredentials(SERVER),
    token: () => Promise.resolve("s3cret"),
  };
  let calls = 0;
  using kube = clientOf(() => {
    calls++;
    return Promise.resolve(new Response("", { status: 401 }));
  }, credentials);
  await rejects(kube.request(CALL, NEVER), (error) => {
    equal(JSON.stringify(error).includes("s3cret") || String(error).includes("s3cret"), false);
    return error instanceof KubeError && error.status === 401;
  });
  equal(calls, 1);
});

Deno.test("request() that gets no answer leaves the connection, and streams on it, behind", async () => {
  const clock = new VirtualClock();
  let isDead = true;
  using kube = createClient(anonymousCredentials(SERVER), {
    clock,
    fetch: ({ url }) => {
      if (url.includes("watch=1")) {
        return Promise.resolve(new Response(bodyOf(["{}\n"], "stands")));
      }
      return isDead ? new Promise<never>(() => {}) : Promise.resolve(Response.json({}));
    },
  });
  const stream = lines(kube.stream({ ...CALL, query: { watch: "1" } }, NEVER));
  const call = kube.request(CALL, NEVER);
  const ends = Promise.all([
    rejects(stream, { name: "KubeError", reason: "Timeout", status: 0 }),
    rejects(call, { name: "KubeError", reason: "Timeout", status: 0 }),
  ]);
  await clock.advance(30_000);
  await ends;
  isDead = false;
  deepEqual(await kube.request(CALL, NEVER), {});
});

Deno.test("request() that gets no answer leaves streams alone that are alive", async () => {
  const clock = new VirtualClock();
  const source = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
  const body = new ReadableStream<Uint8Array>({ start: source.resolve });
  using kube = createClient(anonymousCredentials(SERVER), {
    clock,
    fetch: ({ url }) =>
      url.includes("watch=1") ? Promise.resolve(new Response(body)) : new Promise<never>(() => {}),
  });
  const stream = lines(kube.stream({ ...CALL, query: { watch: "1" } }, NEVER));
  const late = rejects(kube.request({ ...CALL, timeoutMs: 5_000 }, NEVER), {
    message: `Cannot GET "/api/v1/services": Timeout: wanted an answer within 5000 ms, have none`,
  });
  const controller = await source.promise;
  await clock.advance(1_000);
  controller.enqueue(new TextEncoder().encode("{}\n"));
  await clock.advance(4_000);
  await late;
  controller.close();
  deepEqual(await stream, [{}]);
});

Deno.test("request() rejects with the caller's reason when the caller stops", async () => {
  const stop = new AbortController();
  using kube = clientOf(() => new Promise<never>(() => {}));
  const call = kube.request(CALL, stop.signal);
  stop.abort(new Error("enough"));
  await rejects(call, /enough/);
});

Deno.test("stream() puts lines together, however they are cut", async () => {
  const text = `{"type":"ADDED","name":"é"}\n\n{"type":"BOOKMARK"}\n`;
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 7, bytes.length]) {
    const body = new ReadableStream({
      start: (controller) => {
        for (let i = 0; i < bytes.length; i += size) controller.enqueue(bytes.slice(i, i + size));
        controller.close();
      },
    });
    using kube = clientOf(() => Promise.resolve(new Response(body)));
    deepEqual(await lines(kube.stream(CALL, NEVER)), [
      { type: "ADDED", name: "é" },
      { type: "BOOKMARK" },
    ]);
  }
});

Deno.test("stream() yields what came, then says how it broke", async (t) => {
  const rows = [
    { name: "connection reset", body: () => bodyOf(["{}\n"], "breaks"), want: /connection reset/ },
    {
      name: "end within a line",
      body: () => bodyOf(["{}\n{"], "ends"),
      want: /ended within a line/,
    },
    { name: "not JSON", body: () => bodyOf(["{}\nx\n"], "ends"), want: /wanted JSON/ },
  ];
  for (const { name, body, want } of rows) {
    await t.step(name, async () => {
      using kube = clientOf(() => Promise.resolve(new Response(body())));
      await rejects(lines(kube.stream(CALL, NEVER)), (error) => {
        match(String(error), want);
        return error instanceof KubeError && error.status === 0;
      });
    });
  }
});

Deno.test("stream() stops at once when its caller does, or leaves early", async () => {
  let cancelled = 0;
  const standing = (): Response =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("{}\n")),
        cancel: () => void cancelled++,
      }),
    );
  using kube = clientOf(() => Promise.resolve(standing()));
  for await (const _ of kube.stream(CALL, NEVER)) break;
  const stop = new AbortController();
  await rejects(async () => {
    for await (const _ of kube.stream(CALL, stop.signal)) stop.abort(new Error("enough"));
  }, /enough/);
  equal(cancelled, 2);
});

Deno.test("createClient() ends what is under way when it is closed, and takes no more calls", async () => {
  const kube = clientOf(() => Promise.resolve(new Response(bodyOf(["{}\n"], "stands"))));
  await rejects(async () => {
    for await (const _ of kube.stream(CALL, NEVER)) kube[Symbol.dispose]();
  }, /The client is closed/);
  await rejects(kube.request(CALL, NEVER), /the client is closed/);
});
