import assert from "node:assert/strict";
import { parseRequests, requestsBetween } from "./api_requests.ts";

const before = `
# TYPE apiserver_request_total counter
apiserver_request_total{code="200",component="apiserver",resource="services",subresource="",verb="LIST"} 1
apiserver_request_total{code="0",resource="services",scope="cluster",subresource="",verb="WATCH"} 4
`;

const after = `
apiserver_request_total{code="200",component="apiserver",resource="services",subresource="",verb="LIST"} 1
apiserver_request_total{code="200",resource="services",subresource="status",verb="PATCH"} 10
apiserver_request_total{code="409",resource="services",subresource="status",verb="PATCH"} 2
apiserver_request_total{code="201",resource="events",subresource="",verb="POST"} 10
apiserver_request_total{code="200",resource="leases",subresource="",verb="PUT"} 7
`;

Deno.test("requestsBetween() counts what leaders ask for, refused or not", () => {
  const found = requestsBetween(parseRequests(before), parseRequests(after));
  assert.deepEqual(found, [["PATCH services/status", 12], ["POST events", 10]]);
});
