import { deepEqual, equal, match } from "node:assert/strict";
import { testWith } from "../needs.ts";
import { cells, openStage } from "./kubectl_stage.ts";
import type { KubectlStage } from "./kubectl_stage.ts";

const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: whoami, labels: { app: whoami } }
spec:
  type: LoadBalancer
  selector: { app: whoami }
  ports: [{ name: http, port: 80, targetPort: 8080 }]
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: whoami }
spec:
  replicas: 2
  selector: { matchLabels: { app: whoami } }
  template:
    metadata: { labels: { app: whoami } }
    spec: { containers: [{ name: whoami, image: "whoami:1" }] }
`;

function test(name: string, body: (stage: KubectlStage) => Promise<void>): void {
  testWith(["kubectl"], `kubectl ${name}`, async () => {
    await using stage = openStage();
    await body(stage);
  });
}

test("applies a manifest: created, unchanged, configured", async ({ run }) => {
  const apply = (stdin: string): Promise<string> => run(["apply", "-f", "-"], { stdin });
  equal(await apply(SERVICE), "service/whoami created\n");
  equal(await apply(SERVICE), "service/whoami unchanged\n");
  equal(await apply(SERVICE.replace("port: 80", "port: 81")), "service/whoami configured\n");
  const ports = await run(["get", "svc", "whoami", "-o", "jsonpath={.spec.ports[*].port}"]);
  equal(ports, "81", "the old port is replaced, by its merge key");
  equal(await run(["apply", "--server-side", "-f", "-"], { stdin: DEPLOYMENT }), APPLIED);
  equal(await run(["diff", "-f", "-"], { stdin: DEPLOYMENT }), "");
});

const APPLIED = "deployment.apps/whoami serverside-applied\n";

test("shows Services as a real cluster does", async ({ run, api, advance }) => {
  await run(["apply", "-f", "-"], { stdin: SERVICE });
  advance(65_000);
  deepEqual(cells(await run(["get", "services"])), [
    "NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE",
    "whoami|LoadBalancer|10.96.0.10|<pending>|80:30000/TCP|65s",
  ]);
  await api.fetch("http://api/api/v1/namespaces/default/services/whoami/status", {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: "192.168.0.200" }] } } }),
  });
  deepEqual(cells(await run(["get", "svc", "-A", "-o", "wide"])), [
    "NAMESPACE|NAME|TYPE|CLUSTER-IP|EXTERNAL-IP|PORT(S)|AGE|SELECTOR",
    "default|whoami|LoadBalancer|10.96.0.10|192.168.0.200|80:30000/TCP|65s|app=whoami",
  ]);
  match(await run(["get", "svc", "whoami", "-o", "yaml"]), /clusterIPs:\n {2}- 10\.96\.0\.10\n/);
  match(
    await run(["describe", "service", "whoami"]),
    /LoadBalancer Ingress: +192\.168\.0\.200 \(VIP\)/,
  );
});

test("selects by labels and fields", async ({ run, fail }) => {
  await run(["apply", "-f", "-"], { stdin: SERVICE });
  await run(["create", "service", "clusterip", "other", "--tcp=1:1"]);
  const names = async (...selector: readonly string[]): Promise<string> =>
    (await run(["get", "svc", "-o", "name", ...selector])).trim();
  equal(await names("-l", "app=whoami"), "service/whoami");
  equal(await names("-l", "app in (other,one)"), "service/other");
  equal(await names("-l", "!nothing"), "service/other\nservice/whoami");
  equal(await names("--field-selector", "spec.type=LoadBalancer"), "service/whoami");
  equal(await names("--field-selector", "metadata.name!=whoami"), "service/other");
  equal(await names("--chunk-size=1"), "service/other\nservice/whoami");
  match(
    await fail(["get", "svc", "--field-selector", "spec.ports=1"]),
    /field label not supported: spec\.ports/,
  );
});

test("watches: every change is one line", async ({ run, start }) => {
  await using watch = start(["get", "services", "--watch"]);
  await run(["apply", "-f", "-"], { stdin: SERVICE });
  match(await watch.line(), /^NAME +TYPE/);
  match(await watch.line(), /^whoami +LoadBalancer/);
  await run(["patch", "svc", "whoami", "-p", '{"spec":{"type":"ClusterIP"}}']);
  match(await watch.line(), /^whoami +ClusterIP/);
});

test("edits, patches, annotates and labels", async ({ run }) => {
  await run(["apply", "-f", "-"], { stdin: SERVICE });
  const spec = (path: string): Promise<string> =>
    run(["get", "svc", "whoami", "-o", `jsonpath={${path}}`]);
  await run(["edit", "svc", "whoami"], { env: { KUBE_EDITOR: "sed -i s/8080/9090/" } });
  equal(await spec(".spec.ports[0].targetPort"), "9090");
  const patch = (type: string, body: string): Promise<string> =>
    run(["patch", "svc", "whoami", `--type=${type}`, "-p", body]);
  await patch("strategic", '{"spec":{"ports":[{"port":443,"name":"tls"}]}}');
  equal(
    await spec(".spec.ports[*].name"),
    "tls http",
    "new ports come first, as in the real server",
  );
  await patch("merge", '{"spec":{"ports":[{"port":53,"name":"dns","protocol":"UDP"}]}}');
  equal(await spec(".spec.ports[*].name"), "dns");
  await patch("json", '[{"op":"add","path":"/metadata/annotations/a~1b","value":"c"}]');
  equal(await spec(".metadata.annotations.a/b"), "c");
  await run(["annotate", "svc", "whoami", "metallb.io/address-pool=first"]);
  equal(await spec(".metadata.annotations.metallb\\.io/address-pool"), "first");
  await run(["label", "svc", "whoami", "tier=web", "app-"]);
  equal(await spec(".metadata.labels"), '{"tier":"web"}');
});

test("scales, waits for and follows a Deployment", async ({ run, fail, api }) => {
  await run(["apply", "-f", "-"], { stdin: DEPLOYMENT });
  equal(await run(["scale", "deploy/whoami", "--replicas=3"]), "deployment.apps/whoami scaled\n");
  deepEqual(cells(await run(["get", "deploy"])), [
    "NAME|READY|UP-TO-DATE|AVAILABLE|AGE",
    "whoami|0/3|0|0|0s",
  ]);
  const counts = { replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  await api.fetch("http://api/apis/apps/v1/namespaces/default/deployments/whoami/status", {
    method: "PATCH",
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ status: { ...counts, observedGeneration: 2 } }),
  });
  match(await run(["rollout", "status", "deploy/whoami"]), /successfully rolled out/);
  await run(["wait", "--for=jsonpath={.status.readyReplicas}=3", "deploy/whoami"]);
  match(await run(["describe", "deploy", "whoami"]), /Replicas: +3 desired \| 3 updated/);
  match(
    await fail(["patch", "deploy", "whoami", "-p", IMMUTABLE]),
    /spec\.selector: Invalid value: .*: field is immutable/,
  );
});

const IMMUTABLE = JSON.stringify({
  spec: {
    selector: { matchLabels: { app: "x" } },
    template: { metadata: { labels: { app: "x" } } },
  },
});

test("deletes what an object owned, and namespaces with all that is in them", async ({ run }) => {
  await run(["create", "namespace", "lab"]);
  await run(["create", "configmap", "config", "-n", "lab", "--from-literal=config=x"]);
  await run(["apply", "-n", "lab", "-f", "-"], { stdin: SERVICE });
  deepEqual(cells(await run(["get", "cm", "-n", "lab"])), ["NAME|DATA|AGE", "config|1|0s"]);
  equal(await run(["delete", "namespace", "lab"]), 'namespace "lab" deleted\n');
  equal((await run(["get", "svc,cm", "-A", "-o", "name"])).trim(), "");
  await run(["create", "deployment", "owner", "--image=x"]);
  const uid = await run(["get", "deploy", "owner", "-o", "jsonpath={.metadata.uid}"]);
  await run(["create", "-f", "-"], { stdin: ownedPod(uid) });
  await run(["delete", "deployment", "owner"]);
  equal((await run(["get", "pods", "-o", "name"])).trim(), "");
});

function ownedPod(uid: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: "owned-",
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "owner", uid }],
    },
    spec: { containers: [{ name: "x", image: "x" }] },
  });
}

test("shows events of an object", async ({ run, api, advance }) => {
  await run(["apply", "-f", "-"], { stdin: SERVICE });
  const uid = await run(["get", "svc", "whoami", "-o", "jsonpath={.metadata.uid}"]);
  api.load([{
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: "whoami.1", namespace: "default" },
    involvedObject: {
      apiVersion: "v1",
      kind: "Service",
      namespace: "default",
      name: "whoami",
      uid,
    },
    type: "Normal",
    reason: "IPAllocated",
    message: 'Assigned IP ["192.168.0.200"]',
    source: { component: "metallb-controller" },
    firstTimestamp: "2026-01-02T03:04:05Z",
    lastTimestamp: "2026-01-02T03:04:05Z",
    count: 1,
  }]);
  advance(5_000);
  deepEqual(cells(await run(["get", "events"])), [
    "LAST SEEN|TYPE|REASON|OBJECT|MESSAGE",
    '5s|Normal|IPAllocated|service/whoami|Assigned IP ["192.168.0.200"]',
  ]);
  match(await run(["describe", "svc", "whoami"]), /IPAllocated .* metallb-controller +Assigned IP/);
  const newer = ["get", "events.v1.events.k8s.io", "-o", "jsonpath={.items[0].note}"];
  equal(await run(newer), 'Assigned IP ["192.168.0.200"]');
});

test("knows the kinds, and explains them", async ({ run }) => {
  const names = (await run(["api-resources", "-o", "name"])).trim().split("\n");
  for (const name of ["services", "deployments.apps", "leases.coordination.k8s.io"]) {
    equal(names.includes(name), true, name);
  }
  match(await run(["explain", "service.spec.loadBalancerIP"]), /FIELD: loadBalancerIP <string>/);
  match(await run(["explain", "deploy.spec", "--recursive"]), /matchLabels\t<map\[string\]string>/);
  equal(await run(["auth", "can-i", "delete", "pods"]), "yes\n");
});

test("is told what is wrong with an object", async ({ fail }) => {
  const apply = (stdin: string): Promise<string> => fail(["apply", "-f", "-"], { stdin });
  const rows: readonly (readonly [string, RegExp])[] = [
    [
      SERVICE.replace("name: whoami", "name: Who"),
      /metadata\.name: Invalid value: "Who": a lowercase RFC 1123 label/,
    ],
    [
      SERVICE.replace("port: 80", "port: 0"),
      /spec\.ports\[0\]\.port: Invalid value: 0: must be between/,
    ],
    [SERVICE.replace("targetPort", "targtPort"), /unknown field "spec\.ports\[0\]\.targtPort"/],
    [SERVICE.replace("type: LoadBalancer", "type: LB"), /spec\.type: Unsupported value: "LB"/],
    [SERVICE.replace("port: 80", "port: http"), /cannot unmarshal string into Go struct field/],
    [DEPLOYMENT.replace(/\{ containers.*/, "{ containers: [] }"), /containers: Required value/],
    [
      DEPLOYMENT.replace("labels: { app: whoami }", "labels: { app: x }"),
      /does not match template/,
    ],
  ];
  for (const [manifest, want] of rows) match(await apply(manifest), want);
  match(await fail(["get", "svc", "none"]), /services "none" not found/);
});
