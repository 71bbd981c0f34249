import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { parse } from "yaml";
import { objectAt, objectsAt } from "../../kube/json.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { METALLB_RELEASES, metallbChart } from "../helm/given.ts";
import { CHART, Helm, NAMESPACE } from "../helm/helm.ts";
import { manifestObjects } from "../manifest.ts";
import { testWith } from "../needs.ts";
import { ROOT } from "../source.ts";
import { comparable, dryRun, type PodSpec, prepare, type ServedObject } from "./chart_objects.ts";

const controlPlane = usingControlPlane();

testWith(["helm"], "helm lint has nothing against the chart", async () => {
  await using helm = new Helm();
  match(await helm.must(["lint", "--strict", CHART]), /0 chart\(s\) failed/);
});

testWith(["helm", "apiserver", "kubectl"], "the chart alone is deploy/lanlord.yaml", async () => {
  await using helm = new Helm();
  await prepare(controlPlane());
  const manifest = await manifestObjects();
  const wanted = manifest.filter(({ kind }) => kind !== "Namespace");
  equal(manifest.length - wanted.length, 1);
  const [fromChart, fromManifest] = [
    comparable(await dryRun(controlPlane(), await helm.render())),
    comparable(await dryRun(controlPlane(), wanted)),
  ];
  deepEqual([...fromChart.keys()], [...fromManifest.keys()]);
  for (const [name, object] of fromManifest) deepEqual(fromChart.get(name), object, name);
});

testWith(["helm"], "the chart's alerts are deploy/monitoring/rules.yaml", async () => {
  await using helm = new Helm();
  const rules = await Deno.readTextFile(`${ROOT}deploy/monitoring/rules.yaml`);
  const { groups } = parse(rules, { merge: true });
  const rendered = await helm.render({ prometheus: { prometheusRule: { enabled: true } } });
  const [rule] = rendered.filter(({ kind }) => kind === "PrometheusRule");
  deepEqual(alertsOf(rule?.spec), alertsOf({ groups }));
});

testWith(["helm"], "leaders reach any TCP port, or the API servers' alone", async () => {
  await using helm = new Helm();
  const ports = async (apiPort: number): Promise<unknown> => {
    const rendered = await helm.render({ networkpolicies: { apiPort } });
    const policy = rendered.find(({ kind }) => kind === "NetworkPolicy") ?? {};
    return objectsAt(objectAt(policy, "spec"), "egress");
  };
  const tcp = (port: number): unknown => ({ protocol: "TCP", port });
  deepEqual(await ports(0), [{ ports: [{ protocol: "TCP" }] }]);
  deepEqual(await ports(443), [{ ports: [tcp(443)] }]);
  deepEqual(await ports(7443), [{ ports: [tcp(443), tcp(7443)] }]);
});

interface Row {
  readonly name: string;
  readonly values: unknown;
  readonly check: (rendered: Rendered) => void;
}

const rows: readonly Row[] = [
  {
    name: "names",
    values: { fullnameOverride: "lb", imagePullSecrets: [{ name: "registry" }] },
    check: ({ names }) => ok(names.includes("Deployment lb-leader"), names.join()),
  },
  {
    name: "another image",
    values: {
      controller: { image: { repository: "own/lanlord", tag: "1", pullPolicy: "Always" } },
      speaker: { image: { tag: null } },
    },
    check: ({ leader, speaker }) => {
      equal(leader?.containers[0]?.image, "own/lanlord:1");
      match(speaker?.containers[0]?.image ?? "", /^docker\.io\/lanlord\/lanlord:\d/);
    },
  },
  {
    name: "the leader alone",
    values: { speaker: { enabled: false } },
    check: ({ names }) => ok(!names.some((name) => name.includes("speaker")), names.join()),
  },
  {
    name: "speakers alone",
    values: { controller: { enabled: false } },
    check: ({ names }) => ok(!names.some((name) => name.includes("leader")), names.join()),
  },
  {
    name: "accounts and roles that are there already",
    values: {
      rbac: { create: false },
      controller: { serviceAccount: { create: false, name: "own" } },
    },
    check: ({ names, leader }) => {
      equal(leader?.serviceAccountName, "own");
      deepEqual(names.filter((name) => /Role|ServiceAccount/.test(name)), [
        "ServiceAccount lanlord-speaker",
      ]);
    },
  },
  {
    name: "some nodes",
    values: {
      speaker: {
        tolerateMaster: false,
        nodeSelector: { edge: "yes" },
        tolerations: [{ key: "edge", operator: "Exists" }],
      },
    },
    check: ({ speaker }) => {
      deepEqual(speaker?.nodeSelector, { "kubernetes.io/os": "linux", edge: "yes" });
      deepEqual(speaker?.tolerations, [{ key: "edge", operator: "Exists" }]);
    },
  },
  {
    name: "respond needs no NET_ADMIN",
    values: { speaker: { l2: "respond" } },
    check: ({ speaker }) => {
      deepEqual(speaker?.containers[0]?.securityContext.capabilities.add, ["NET_RAW"]);
    },
  },
  {
    name: "nothing kept on the node",
    values: { speaker: { stateDir: "" } },
    check: ({ speaker }) => {
      deepEqual(speaker?.containers[0]?.volumeMounts?.map(({ name }) => name), [
        "excluded-interfaces",
      ]);
    },
  },
  {
    name: "no interface excluded",
    values: { speaker: { excludeInterfaces: { enabled: false } } },
    check: (rendered) => {
      equal(
        rendered.dataOf("lanlord-excludel2", "excludel2.yaml"),
        "announcedInterfacesToExclude: []\n",
      );
    },
  },
  {
    name: "interfaces excluded",
    values: { speaker: { excludeInterfaces: { patterns: ["^wlan"] } } },
    check: (rendered) => {
      match(rendered.dataOf("lanlord-excludel2", "excludel2.yaml") ?? "", /: \["\^wlan"\]/);
    },
  },
  {
    name: "the ConfigMap of MetalLB v0.12",
    values: {
      configInline: {
        "address-pools": [{ name: "lan", protocol: "layer2", addresses: ["10.0.0.0/24"] }],
      },
    },
    check: (rendered) => match(rendered.dataOf("config", "config") ?? "", /^address-pools:\n/),
  },
  {
    name: "another ConfigMap, which the roles allow to read",
    values: { existingConfigMap: "lb" },
    check: ({ objects }) => {
      const named = objects.flatMap(({ rules = [] }) => rules)
        .filter(({ resources }) => resources.includes("configmaps"))
        .flatMap(({ resourceNames = [] }) => resourceNames);
      ok(named.every((name) => name === "lb"), named.join());
    },
  },
  {
    name: "read by pod",
    values: {
      prometheus: {
        metricsPort: 9120,
        serviceAccount: "prometheus",
        namespace: "monitoring",
        podMonitor: { enabled: true, interval: "30s", additionalLabels: { release: "p" } },
        prometheusRule: { enabled: true },
      },
    },
    check: ({ names, leader, annotations }) => {
      equal(leader?.containers[0]?.ports[0]?.containerPort, 9120);
      equal(annotations["prometheus.io/port"], "9120");
      ok(names.includes("PodMonitor lanlord-leader") && names.includes("Role lanlord-prometheus"));
    },
  },
  {
    name: "read by Service",
    values: { prometheus: { scrapeAnnotations: false, serviceMonitor: { enabled: true } } },
    check: ({ names, annotations }) => {
      deepEqual(annotations, {});
      ok(names.includes("ServiceMonitor lanlord-speaker-metrics"));
    },
  },
  {
    name: "the alerts that are wanted",
    values: {
      prometheus: {
        prometheusRule: {
          enabled: true,
          staleConfig: { enabled: false },
          addressPoolExhausted: { excludePools: "lab|test" },
          addressPoolUsage: { thresholds: [{ percent: 50, labels: { severity: "page" } }] },
          extraAlerts: [{ alert: "Own", expr: "vector(1)" }],
        },
      },
    },
    check: ({ alerts }) => {
      ok(!alerts.has("MetalLBStaleConfig") && alerts.has("LanlordNoLeader") && alerts.has("Own"));
      match(alerts.get("MetalLBAddressPoolExhausted") ?? "", /total\{pool!~"lab\|test"\} >= /);
      match(alerts.get("MetalLBAddressPoolUsage50Percent") ?? "", /> 50$/);
      ok(!alerts.has("MetalLBAddressPoolUsage75Percent"));
    },
  },
  {
    name: "no network policy",
    values: { networkpolicies: { enabled: false } },
    check: ({ names }) => ok(!names.join().includes("NetworkPolicy"), names.join()),
  },
  {
    name: "replaced by hand",
    values: {
      controller: { strategy: { type: "Recreate" } },
      speaker: { updateStrategy: { type: "OnDelete" } },
    },
    check: ({ names }) => ok(names.includes("DaemonSet lanlord-speaker")),
  },
  {
    name: "network policies",
    values: { networkpolicies: { defaultDeny: true, apiPort: 7443 } },
    check: ({ names }) => {
      deepEqual(names.filter((name) => name.startsWith("NetworkPolicy")), [
        "NetworkPolicy lanlord-default-deny",
        "NetworkPolicy lanlord-leader",
      ]);
    },
  },
  {
    name: "everything of a pod",
    values: Object.fromEntries(["controller", "speaker"].map((key) => [key, {
      revisionHistoryLimit: 3,
      runtimeClassName: "runc",
      affinity: { nodeAffinity: {} },
      podAnnotations: { note: "yes" },
      labels: { team: "net" },
      startupProbe: key === "speaker" ? { enabled: true, failureThreshold: 30 } : undefined,
      livenessProbe: { enabled: false },
      resources: { limits: { memory: "256Mi" } },
      serviceAccount: { annotations: { note: "yes" } },
      extraContainers: [{ name: "beside", image: "own/beside" }],
    }])),
    check: ({ leader, annotations }) => {
      equal(leader?.containers.length, 2);
      equal(annotations["note"], "yes");
    },
  },
];

testWith(["helm", "apiserver", "kubectl"], "the API server takes what values make", async (t) => {
  await using helm = new Helm();
  await prepare(controlPlane());
  for (const { name, values, check } of rows) {
    await t.step(name, async () => {
      // The definitions are the same each time.
      const argv = ["--set", "crds.enabled=false"];
      const rendered = new Rendered(await dryRun(controlPlane(), await helm.render(values, argv)));
      ok(!rendered.names.join().includes("CustomResource"), rendered.names.join());
      check(rendered);
    });
  }
});

testWith(["helm", "apiserver", "kubectl"], "values of MetalLB's charts do", async (t) => {
  await using helm = new Helm(controlPlane().kubeconfig);
  await prepare(controlPlane());
  for (const { version } of METALLB_RELEASES) {
    await t.step(version, async () => {
      const file = ["-f", `${metallbChart(version)}/values.yaml`];
      const { leader, speaker } = new Rendered(
        await dryRun(controlPlane(), await helm.render({}, file)),
      );
      for (const pod of [leader, speaker]) {
        match(pod?.containers[0]?.image ?? "", /^docker\.io\/lanlord\/lanlord:/);
      }
      const install = ["install", "lanlord", CHART, "-n", NAMESPACE, "--dry-run=server", ...file];
      const notes = await helm.must(install);
      match(notes, /These values are MetalLB's and change nothing here:\n\n {2}[a-z]/);
      match(notes, /\n {2}speaker\.memberlist: speakers need no secret/);
    });
  }
});

const refusals: readonly (readonly [name: string, values: unknown, want: RegExp])[] = [
  ["a typo", { speaker: { tolerateMastre: true } }, /'\/speaker': .*'tolerateMastre'/],
  ["a typo at the top", { controler: {} }, /'controler'/],
  ["a choice", { speaker: { l2: "bound" } }, /'\/speaker\/l2'/],
  ["a type", { controller: { replicas: "two" } }, /'\/controller\/replicas'/],
  ["a port", { prometheus: { metricsPort: 70000 } }, /'\/prometheus\/metricsPort'/],
  [
    "a mirror of MetalLB's image",
    { speaker: { image: { repository: "mirror.local/metallb/speaker" } } },
    /speaker\.image\.repository "mirror\.local\/metallb\/speaker" is an image of MetalLB: name/,
  ],
  [
    "a version of MetalLB",
    { controller: { image: { tag: "v0.14.9" } } },
    /controller\.image\.tag "v0\.14\.9" is a version of MetalLB: name/,
  ],
  ["what cannot be honoured", { speaker: { ignoreExcludeLB: true } }, /speaker\.ignoreExcludeLB/],
  [
    "all at once",
    {
      configInline: { peers: [] },
      existingConfigMap: "lb",
      prometheus: { podMonitor: { enabled: true }, serviceMonitor: { enabled: true } },
    },
    /- configInline and existingConfigMap [^]*- prometheus\.podMonitor and /,
  ],
];

testWith(["helm"], "values that cannot be meant are refused by name", async (t) => {
  await using helm = new Helm();
  for (const [name, values, want] of refusals) {
    await t.step(name, async () => {
      const { code, stderr } = await helm.run(["template", "lanlord", CHART], values);
      notEqual(code, 0);
      match(stderr, want);
    });
  }
});

/** The one group's alerts, by name: their order means nothing. */
function alertsOf(spec: unknown): readonly unknown[] {
  const read: {
    readonly groups: readonly [{ readonly rules: readonly { readonly alert: string }[] }];
  } = JSON.parse(JSON.stringify(spec));
  return read.groups[0].rules.toSorted((a, b) => a.alert < b.alert ? -1 : 1);
}

/** What the chart makes of values. */
class Rendered {
  readonly objects: readonly ServedObject[];

  constructor(objects: readonly ServedObject[]) {
    this.objects = objects;
  }

  /** Kind and name of every object, sorted. */
  get names(): readonly string[] {
    return this.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  }

  get leader(): PodSpec | undefined {
    return this.#find("Deployment")?.spec?.template?.spec;
  }

  get speaker(): PodSpec | undefined {
    return this.#find("DaemonSet")?.spec?.template?.spec;
  }

  /** Of the leader's pods. */
  get annotations(): Readonly<Record<string, string>> {
    return this.#find("Deployment")?.spec?.template?.metadata.annotations ?? {};
  }

  /** The expression of each alert. */
  get alerts(): ReadonlyMap<string, string> {
    const groups = this.#find("PrometheusRule")?.spec?.groups ?? [];
    return new Map(groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => [alert, expr])));
  }

  /** A value of a ConfigMap. */
  dataOf(name: string, key: string): string | undefined {
    const configMaps = this.objects.filter(({ kind }) => kind === "ConfigMap");
    return configMaps.find(({ metadata }) => metadata.name === name)?.data?.[key];
  }

  #find(wanted: string): ServedObject | undefined {
    return this.objects.find(({ kind }) => kind === wanted);
  }
}
