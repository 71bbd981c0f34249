import { deepEqual, equal } from "node:assert/strict";
import { runCommand } from "../../cli/command.ts";
import type { Io } from "../../cli/io.ts";
import { planCommand } from "../../cli/plan.ts";
import { convert, readObjects, writeYaml } from "../../convert/mod.ts";
import type { ServiceDifference } from "../../explain/mod.ts";
import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { LeaderStage } from "../leader_stage.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";

const controlPlane = usingControlPlane();
const NAMESPACE = "metallb-system";

const configMap = (...addresses: readonly string[]): string =>
  JSON.stringify({ "address-pools": [{ name: "lan", protocol: "layer2", addresses }] });

/** The same configuration in custom resources, as `lanlord convert` prints it. */
function resources(...addresses: readonly string[]): string {
  const conversion = convert([readObjects("config.yaml", configMap(...addresses))], {});
  if (conversion.kind !== "converted") throw new Error("Cannot convert the configuration");
  return writeYaml(conversion.objects);
}

const WIDE = ["192.168.0.200-192.168.0.205"];
const OTHER = ["192.168.0.200-192.168.0.201", "192.168.0.210-192.168.0.211"];

testWith(["apiserver", "kubectl"], "what lanlord plan foretells comes true", async (t) => {
  await installCrds(controlPlane());
  const { kubeconfig } = controlPlane();
  const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
  await using stage = await LeaderStage.open(
    (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
    NAMESPACE,
  );
  const leader = await stage.startLeader("leader");
  await stage.configure(configMap("192.168.0.200-192.168.0.203"));
  await stage.createService("pinned", { loadBalancerIP: "192.168.0.203" });
  await stage.untilAddress("pinned", "192.168.0.203");
  for (const [i, name] of ["a", "b", "c"].entries()) {
    await stage.createService(name);
    await stage.untilAddress(name, `192.168.0.20${i}`);
  }
  await stage.createService("late");

  /** Waits until every Service has what was foretold. */
  const comesTrue = async (services: readonly ServiceDifference[]): Promise<void> => {
    for (const { service, after } of services) {
      await stage.untilAddress(service.replace("default/", ""), after.join(","));
    }
  };

  await t.step(
    "a ConfigMap that takes addresses in use away does not come into force",
    async () => {
      const { code, rejected } = await plan(configMap(...OTHER));
      equal(code, 1);
      equal(
        rejected,
        "Cannot use the changed ConfigMap: no pool has the addresses in use by default/c " +
          "(192.168.0.202), default/pinned (192.168.0.203); the previous configuration stays in force",
      );
      await stage.configure(configMap(...OTHER));
      await stage.until(() => leader.logged.has("configStale"), "the leader to refuse it");
      equal(stage.addressOf("pinned"), "192.168.0.203");
    },
  );

  await t.step("a Service that waits gets an address", async () => {
    const { code, services } = await plan(configMap(...WIDE));
    equal(code, 0);
    deepEqual(fates(services), { a: "keep", b: "keep", c: "keep", late: "get", pinned: "keep" });
    await stage.configure(configMap(...WIDE));
    await comesTrue(services);
  });

  await t.step("from the ConfigMap to custom resources nothing changes", async () => {
    const { code, services } = await plan(resources(...WIDE));
    equal(code, 0);
    await apply(resources(...WIDE));
    await kubectl(["-n", NAMESPACE, "delete", "configmap", "config"]);
    await comesTrue(services);
  });

  await t.step("a pool loses addresses in use", async () => {
    const { code, services } = await plan(resources(...OTHER));
    equal(code, 1);
    deepEqual(fates(services), {
      a: "keep",
      b: "keep",
      c: "change",
      late: "change",
      pinned: "lose",
    });
    await apply(resources(...OTHER));
    await comesTrue(services);
  });
});

function fates(services: readonly ServiceDifference[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    services.map(({ service, fate }) => [service.replace("default/", ""), fate]),
  );
}

interface Planned {
  readonly code: number;
  readonly rejected?: string;
  readonly services: readonly ServiceDifference[];
}

/** Runs `lanlord plan -o json` on the cluster as it is. */
async function plan(configuration: string): Promise<Planned> {
  const out: string[] = [];
  const io: Io = {
    stdout: (line) => out.push(line),
    stderr: (line) => out.push(line),
    env: () => undefined,
    isTerminal: false,
    hostname: "test",
    signal: new AbortController().signal,
  };
  const argv = ["-f", "-", "--kubeconfig", controlPlane().kubeconfig, "-o", "json"];
  const code = await runCommand(planCommand(() => Promise.resolve(configuration)), argv, io);
  return { code, ...JSON.parse(out.join("\n")) };
}

async function apply(yaml: string): Promise<void> {
  await kubectl(["apply", "-f", "-"], yaml);
}

async function kubectl(argv: readonly string[], stdin?: string): Promise<void> {
  const { code, stderr } = await controlPlane().kubectl(argv, stdin);
  equal(code, 0, stderr);
}
