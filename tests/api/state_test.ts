import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { eventually } from "../eventually.ts";
import { LeaderStage } from "../leader_stage.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const NAMESPACE = "state";

const POOLS = `
{ apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: { name: small },
  spec: { addresses: [10.1.0.0/28] } }
---
{ apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: { name: wide },
  spec: { addresses: ["2001:db8::/32", 10.2.0.0/24], autoAssign: false } }
---
{ apiVersion: metallb.io/v1beta1, kind: L2Advertisement, metadata: { name: all } }
`;

const BROKEN = `
{ apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: { name: broken },
  spec: { addresses: [10.1.0.0/24] } }
`;

testWith(
  ["apiserver", "kubectl"],
  "the status of pools and the leader's ConfigurationState on a real API server",
  async (t) => {
    await installCrds(controlPlane());
    const { kubeconfig } = controlPlane();
    const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
    await using stage = await LeaderStage.open(
      (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
      NAMESPACE,
    );
    await kubectl(["apply", "-f", "-"], POOLS);
    let poolWrites = 0;
    await stage.startLeader("leader", {}, (kube) => ({
      request: (call, signal) => {
        if (call.path.endsWith("/ipaddresspools/small/status")) poolWrites++;
        return kube.request(call, signal);
      },
      stream: (call, signal) => kube.stream(call, signal),
    }));

    await t.step("pools that nobody uses say so", async () => {
      deepEqual(await statusOf("small", (status) => status["availableIPv4"] === 16), {
        assignedIPv4: 0,
        assignedIPv6: 0,
        availableIPv4: 16,
        availableIPv6: 0,
      });
      const wide = await statusOf("wide", (status) => status["availableIPv4"] === 256);
      ok(Number(wide["availableIPv6"]) > 9e18);
    });

    await t.step("many Services are a few writes", async () => {
      const before = poolWrites;
      for (let i = 0; i < 15; i++) await stage.createService(`s${i}`);
      await statusOf("small", (status) => status["assignedIPv4"] === 15);
      ok(poolWrites - before < 8, `${poolWrites - before} writes`);
    });

    await t.step("kubectl get -o wide shows what is left", async () => {
      const lines = (await kubectl(["get", "ipaddresspool", "-o", "wide"])).trim().split("\n");
      match(lines[0] ?? "", /ASSIGNED IPV4.*AVAILABLE IPV4/i);
      match(lines.find((line) => line.startsWith("small")) ?? "", /\b15\b.*\b1\b/);
    });

    await t.step("the ConfigurationState tells of a fault, and that it is over", async () => {
      equal((await configurationState("Valid")).errorSummary, "");
      await kubectl(["apply", "-f", "-"], BROKEN);
      const { errorSummary, conditions } = await configurationState("Invalid");
      match(errorSummary ?? "", /IPAddressPool state\/(broken|small).*10\.1\.0\.0/);
      deepEqual(conditions?.map(({ type, status, reason }) => [type, status, reason]), [
        ["poolReconcilerValid", "False", "ConfigurationError"],
      ]);
      await kubectl(["delete", "ipaddresspool", "broken"]);
      await configurationState("Valid");
    });
    await stage.deleteAll();
  },
);

interface State {
  readonly result?: string;
  readonly errorSummary?: string;
  readonly conditions?: readonly Readonly<Record<"type" | "status" | "reason", string>>[];
}

async function configurationState(result: string): Promise<State> {
  return await eventually(`ConfigurationState ${result}`, 30, async () => {
    const text = await kubectl(["get", "configurationstates", "-o", "json"]);
    const items: readonly { readonly metadata: { name: string }; readonly status?: State }[] =
      JSON.parse(text).items;
    const found = items.find(({ metadata }) => metadata.name === "controller")?.status;
    return found?.result === result ? found : undefined;
  });
}

async function kubectl(argv: readonly string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await controlPlane().kubectl(["-n", NAMESPACE, ...argv], stdin);
  equal(code, 0, stderr);
  return stdout;
}

async function statusOf(
  pool: string,
  is: (status: Readonly<Record<string, unknown>>) => boolean,
): Promise<Readonly<Record<string, unknown>>> {
  return await eventually(`the status of pool ${pool}`, 30, async () => {
    const { status } = JSON.parse(await kubectl(["get", "ipaddresspool", pool, "-o", "json"]));
    return status !== undefined && is(status) ? status : undefined;
  });
}
