/** A command line of kubectl, split at blanks, and what stands on its standard input. */
export type Step = readonly [line: string, stdin?: string];

const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: whoami, annotations: { a: b } }
spec:
  type: LoadBalancer
  selector: { app: whoami }
  ports: [{ port: 80, targetPort: 8080 }]
`;

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: whoami }
spec:
  replicas: 3
  selector: { matchLabels: { app: whoami } }
  template:
    metadata: { labels: { app: whoami } }
    spec:
      containers: [{ name: whoami, image: "whoami:1", ports: [{ containerPort: 8080 }] }]
`;

const NODE_PORT = `apiVersion: v1
kind: Service
metadata: { name: a }
spec: { type: NodePort, clusterIP: 10.96.0.77, ports: [{ port: 80, nodePort: 31111 }] }
`;

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: first, namespace: default }
spec: { addresses: [192.168.0.200-192.168.0.250] }
`;

const EVENT = `apiVersion: v1
kind: Event
metadata: { name: e, namespace: default }
involvedObject: { apiVersion: v1, kind: Service, name: whoami, namespace: default }
reason: IPAllocated
type: Normal
message: Assigned
source: { component: metallb-controller }
firstTimestamp: "2026-01-02T03:04:05Z"
lastTimestamp: "2026-01-02T03:04:05Z"
count: 1
`;

const LEASE = `apiVersion: coordination.k8s.io/v1
kind: Lease
metadata: { name: l }
spec: { holderIdentity: a, leaseDurationSeconds: 15, renewTime: "2026-01-02T03:04:05.123456Z" }
`;

const SLICE = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: s, labels: { kubernetes.io/service-name: whoami } }
addressType: IPv4
ports: [{ port: 8080 }]
endpoints: [{ addresses: [10.1.1.1], nodeName: n1, conditions: { ready: true } }]
`;

const patch = (what: string, type: string, body: unknown): Step => [
  `patch ${what} --type=${type} -p ${JSON.stringify(body)}`,
];

const apply = (manifest: string): Step => ["apply -f -", manifest];
const create = (manifest: string): Step => ["create -f -", manifest];
const attempt = (manifest: string): Step => ["apply --dry-run=server -f -", manifest];

/** What both API servers must answer alike, by subject; each subject begins with an empty cluster or cleans up. */
export const SUBJECTS: Readonly<Record<string, readonly Step[]>> = {
  "a Service from its creation to its end": [
    apply(SERVICE),
    apply(SERVICE),
    ["get svc whoami -o wide"],
    ["get svc whoami -o yaml"],
    ["describe svc whoami"],
    apply(SERVICE.replace("port: 80", "port: 81")),
    ["get svc whoami -o jsonpath={.spec.ports[*].port}"],
    patch("svc whoami --subresource=status", "merge", {
      metadata: { annotations: { x: "y" } },
      status: { loadBalancer: { ingress: [{ ip: "192.168.0.200" }] } },
    }),
    ["get svc whoami -o yaml"],
    ["describe svc whoami"],
    patch("svc whoami", "merge", { spec: { type: "NodePort" } }),
    ["get svc whoami -o yaml"],
    patch("svc whoami", "merge", { spec: { type: "ClusterIP" } }),
    ["get svc whoami -o yaml"],
    patch("svc whoami", "merge", { spec: { type: "ExternalName", externalName: "a.b" } }),
    ["get svc whoami -o yaml"],
    ["get svc whoami"],
    ["delete svc whoami"],
    ["get svc whoami"],
    ["delete svc whoami"],
  ],
  "faulty Services": [
    SERVICE.replace("name: whoami", "name: Who"),
    SERVICE.replace("port: 80", "port: 0"),
    SERVICE.replace("port: 80", "port: 70000"),
    SERVICE.replace("targetPort", "targtPort"),
    SERVICE.replace("type: LoadBalancer", "type: LB"),
    SERVICE.replace(/ports: .*/, "ports: []"),
    SERVICE.replace(/ports: .*/, "ports: [{ port: 80 }, { port: 81 }]"),
    SERVICE.replace(/ports: .*/, "ports: [{ port: 80, name: a }, { port: 81, name: a }]"),
    SERVICE.replace("{ app: whoami }", "{ app: 'a b' }"),
    SERVICE.replace("type:", "sessionAffinity: Foo\n  type:"),
    SERVICE.replace("annotations: { a: b }", "labels: { 'a b': b }"),
  ].map(attempt),
  "cluster addresses and node ports": [
    create(NODE_PORT),
    create(NODE_PORT.replace("name: a", "name: b").replace("31111", "31112")),
    create(NODE_PORT.replace("name: a", "name: b").replace("10.96.0.77", "10.96.0.78")),
    create(NODE_PORT.replace("name: a", "name: b").replace(/clusterIP: \S+, (.*)31111/, "$180")),
    create(NODE_PORT.replace("name: a", "name: b").replace("10.96.0.77", "1.2.3.4")),
    patch("svc a", "merge", { spec: { clusterIP: "10.96.0.99" } }),
    ["delete svc a"],
  ],
  "patches": [
    ["create cm z --from-literal=a=b"],
    patch("cm z", "strategic", { metadata: { finalizers: ["e.com/a", "e.com/b"] } }),
    patch("cm z", "strategic", { metadata: { finalizers: ["e.com/c"] } }),
    ["get cm z -o jsonpath={.metadata.finalizers}"],
    patch("cm z", "json", [{ op: "remove", path: "/data/q" }]),
    patch("cm z", "json", [{ op: "add", path: "/data/q/r", value: "1" }]),
    patch("cm z", "json", [{ op: "test", path: "/data/a", value: "c" }]),
    patch("cm z", "merge", { metadata: { resourceVersion: "1" } }),
    ["delete cm z --wait=false"],
    patch("cm z", "merge", { metadata: { finalizers: ["e.com/d"] } }),
    patch("cm z", "merge", { metadata: { finalizers: null } }),
    ["get cm z"],
  ],
  "Deployments": [
    apply(DEPLOYMENT),
    ["get deploy whoami -o yaml"],
    ["get deploy -o wide"],
    ["describe deploy whoami"],
    ["scale deploy whoami --replicas=2"],
    ["annotate deploy whoami a=b"],
    ["get deploy whoami -o jsonpath={.metadata.generation}"],
    attempt(DEPLOYMENT.replace(/containers: .*/, "containers: []")),
    attempt(DEPLOYMENT.replace("labels: { app: whoami }", "labels: { app: x }")),
    attempt(DEPLOYMENT.replace("replicas: 3", "replicas: -1")),
    attempt(DEPLOYMENT.replace("replicas: 3", "bogus: 1").replace("name: whoami }", "name: x }")),
    attempt(DEPLOYMENT.replace('image: "whoami:1", ', "").replace("name: whoami }", "name: x }")),
    attempt(DEPLOYMENT.replace(/ {2}selector: .*\n/, "").replace("name: whoami }", "name: x }")),
    ["delete deploy whoami"],
  ],
  "what kubectl create makes": [
    ["create deployment d --image=nginx --port=80 -- sleep 5"],
    ["get deploy d -o yaml"],
    ["expose deploy d --port=80"],
    ["get svc d -o yaml"],
    ["create secret generic s --from-literal=a=b"],
    ["get secret s -o yaml"],
    ["create ns lab"],
    ["get ns lab -o yaml"],
    ["create sa q"],
    ["get sa q -o yaml"],
    ["auth can-i get pods"],
    ["delete deploy,svc d"],
    ["get pods -n nowhere"],
    ["create cm c -n nowhere"],
    ["delete ns default"],
  ],
  "custom kinds": [
    ["apply -f deploy/crds/"],
    ["wait --for=condition=Established crd --all"],
    apply(POOL),
    ["get ipaddresspools"],
    ["get ipaddresspools first -o yaml"],
    ["describe ipaddresspool first"],
    apply(POOL.replace("addresses", "adresses").replace("first", "second")),
    patch("ipaddresspool first", "strategic", {}),
    patch("ipaddresspool first", "merge", { spec: { autoAssign: null } }),
    ["get ipaddresspools --field-selector spec.autoAssign=true"],
    ["delete ipaddresspool first"],
    ["get ipaddresspools"],
  ],
  "events, leases and slices": [
    create(EVENT),
    ["get events -o wide"],
    ["get events e -o yaml"],
    ["get events --field-selector involvedObject.name=whoami,reason=IPAllocated"],
    ["get events --field-selector foo=bar"],
    create(LEASE),
    create(LEASE),
    ["get lease l"],
    ["get lease l -o yaml"],
    create(LEASE.replace("15", "0").replace("name: l", "name: m")),
    create(SLICE),
    ["get endpointslices s"],
    ["get endpointslices s -o yaml"],
    ["delete -f -", SLICE],
  ],
};
