import assert from "node:assert/strict";
import { KubeError, type KubeFailure } from "../kube/mod.ts";
import { unreadableCluster } from "./unreadable_cluster.ts";

const SERVER = "https://10.0.0.1:6443";

const failed = (failure: Partial<KubeFailure>, cause?: unknown): KubeError =>
  new KubeError({
    ...{ verb: "GET", path: "/api/v1/services", status: 0, reason: "Unreachable", detail: "" },
    ...failure,
  }, cause === undefined ? undefined : { cause });

const fetchFailed = (text: string): Error =>
  new Error(`error sending request for url (${SERVER}/api/v1/services?limit=500): ${text}`);

const ROWS: readonly { readonly name: string; readonly error: unknown; readonly want: string }[] = [
  {
    name: "nobody listens",
    error: failed(
      { detail: "fetch failed" },
      fetchFailed("client error (Connect): tcp connect error: Connection refused (os error 111)"),
    ),
    want: `Cannot reach the API server ${SERVER}: tcp connect error: Connection refused`,
  },
  {
    name: "another authority's certificate",
    error: failed(
      { detail: "fetch failed" },
      fetchFailed("client error (Connect): invalid peer certificate: UnknownIssuer"),
    ),
    want: `Cannot reach the API server ${SERVER}: invalid peer certificate: UnknownIssuer`,
  },
  {
    name: "a timeout",
    error: failed({ reason: "Timeout", detail: "no answer within 30 s" }),
    want: `Cannot reach the API server ${SERVER}: no answer within 30 s`,
  },
  {
    name: "credentials that it does not know",
    error: failed({ status: 401, reason: "Unauthorized", detail: "Unauthorized" }),
    want: `Cannot read from the API server ${SERVER}: it does not accept these credentials (401)`,
  },
  {
    name: "a server in trouble",
    error: failed({ status: 503, reason: "ServiceUnavailable", detail: "apiserver is starting" }),
    want: `Cannot read from the API server ${SERVER}: Cannot GET "/api/v1/services": 503 ` +
      "ServiceUnavailable: apiserver is starting",
  },
  { name: "something else", error: new Error("a", { cause: new Error("b") }), want: "a: b" },
];

Deno.test("unreadableCluster() names the server, and what is wrong", async (t) => {
  for (const { name, error, want } of ROWS) {
    await t.step(name, () => assert.equal(unreadableCluster(error, SERVER), want));
  }
});
