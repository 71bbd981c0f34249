import { deepEqual, equal } from "node:assert/strict";
import { dirname } from "node:path";
import { convert, formatCommand, readObjects, writeYaml } from "../../convert/mod.ts";
import { kubeVipMap, serviceObject } from "../../convert/testing.ts";
import { kubectlPath } from "../../demo/control_plane/assets.ts";
import { createClient, type JsonObject, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { LeaderStage } from "../leader_stage.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const NAMESPACE = "metallb-system";

/** What the cluster has from kube-vip: name, address, and what else is in the spec. */
const LEFT: Readonly<Record<string, readonly [address: string, spec: JsonObject]>> = {
  asked: ["192.168.0.200", { loadBalancerIP: "192.168.0.200" }],
  dhcp: ["192.168.0.77", { loadBalancerIP: "0.0.0.0" }],
  plain: ["192.168.0.203", {}],
  foreign: ["192.168.0.209", {}],
  tcp: ["192.168.0.205", { ports: [{ protocol: "TCP", port: 53 }] }],
  udp: ["192.168.0.205", { ports: [{ protocol: "UDP", port: 53 }] }],
};

testWith(["apiserver", "kubectl"], "Services of kube-vip keep their addresses", async (t) => {
  await installCrds(controlPlane());
  const { kubeconfig } = controlPlane();
  const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
  await using stage = await LeaderStage.open(
    (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
    NAMESPACE,
  );
  await leaveBehind();
  const exported = await kubectl(["get", "services,configmaps,nodes", "-A", "-o", "yaml"]);
  const conversion = convert([readObjects("cluster.yaml", exported)], {});
  equal(conversion.kind, "converted");
  const expected = Object.fromEntries(Object.entries(LEFT).map(([name, [ip]]) => [name, ip]));

  await t.step("the conversion says so", () => {
    const { count, keptCount } = conversion.services;
    deepEqual([count, keptCount], [6, 6]);
    deepEqual(
      conversion.notes.filter(({ kind }) => kind === "lost").map(({ message }) => message),
      [
        "Address of Service default/dhcp: it came by DHCP, and is kept as a fixed one; reserve it at " +
        "the DHCP server",
      ],
    );
  });

  await t.step("a shell takes the commands, kubectl the objects, the leader both", async () => {
    await shell(conversion.requests.map(formatCommand).join("\n"));
    await kubectl(["apply", "-f", "-"], writeYaml(conversion.objects));
    await stage.startLeader("leader");
    for (const [name, address] of Object.entries(expected)) {
      const poolOf = (): string | undefined =>
        stage.service(name)?.meta.annotations["metallb.io/ip-allocated-from-pool"];
      await stage.until(() => poolOf() !== undefined, `the leader to take ${name} over`);
      equal(stage.addressOf(name), address);
    }
  });

  await t.step("and it gives them the same again when their status is lost", async () => {
    for (const [name, address] of Object.entries(expected)) {
      const versionOf = (): string | undefined => stage.service(name)?.meta.resourceVersion;
      const before = versionOf();
      await stage.patchService(name, { status: { loadBalancer: { ingress: null } } }, "status");
      await stage.until(() => versionOf() !== before, `the loss at ${name} to be seen`);
      await stage.untilAddress(name, address);
    }
  });
});

/** Creates what kube-vip would have. */
async function leaveBehind(): Promise<void> {
  const objects = [
    kubeVipMap({ "range-global": "192.168.0.200-192.168.0.210", "cidr-dev": "192.168.0.208/30" }),
    ...Object.entries(LEFT).map(([name, [, spec]]) =>
      serviceObject(name, { spec: { clusterIPs: null, selector: { app: name }, ...spec } })
    ),
  ];
  await kubectl(["apply", "-f", "-"], writeYaml(objects));
  for (const [name, [ip]] of Object.entries(LEFT)) {
    const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip }] } } });
    await kubectl(["patch", "service", name, "--subresource=status", "--type=merge", "-p", status]);
  }
}

async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(argv, stdin);
  equal(code, 0, stderr);
  return stdout;
}

/** Runs lines as a user does, with kubectl at hand. */
async function shell(script: string): Promise<void> {
  const path = `${dirname(kubectlPath() ?? "")}:/usr/bin:/bin`;
  const env = { PATH: path, KUBECONFIG: controlPlane().kubeconfig };
  const command = new Deno.Command("sh", { args: ["-ec", script], env, stderr: "piped" });
  const { code, stderr } = await command.output();
  equal(code, 0, new TextDecoder().decode(stderr));
}
