import { deepEqual, equal, rejects } from "node:assert/strict";
import { loadCredentials } from "./credentials.ts";
import { decodeKubeconfig } from "./kubeconfig_file.ts";
import { execToken, fileToken } from "./token.ts";
import { VirtualClock } from "./testing.ts";

/** A folder that is gone after the test. */
async function folder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

function kubeconfig(server: string): string {
  return `
current-context: lab
contexts: [{ name: lab, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "${server}", certificate-authority-data: Y2E= } }]
users: [{ name: u, user: { token: abc } }]
`;
}

function envOf(values: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => values[name];
}

Deno.test("loadCredentials() looks in the order of kubectl, the pod before the home", async (t) => {
  await using dir = await folder();
  const { path } = dir;
  const serviceAccount = `${path}/account`;
  await Deno.mkdir(serviceAccount);
  await Deno.mkdir(`${path}/.kube`);
  await Deno.writeTextFile(`${path}/flag`, kubeconfig("https://flag.test"));
  await Deno.writeTextFile(`${path}/variable`, kubeconfig("https://variable.test"));
  await Deno.writeTextFile(`${path}/.kube/config`, kubeconfig("https://home.test"));
  await Deno.writeTextFile(`${serviceAccount}/token`, "pod-token\n");
  await Deno.writeTextFile(`${serviceAccount}/ca.crt`, "pod-ca");
  await Deno.writeTextFile(`${serviceAccount}/namespace`, "metallb-system");
  const home = { HOME: path };
  const pod = { ...home, KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" };
  const variable = { ...pod, KUBECONFIG: `${path}/missing:${path}/variable` };
  const rows = [
    { name: "flag", kubeconfig: `${path}/flag`, env: variable, want: "https://flag.test" },
    { name: "KUBECONFIG", env: variable, want: "https://variable.test" },
    { name: "service account", env: pod, want: "https://[fd00::1]:443" },
    { name: "home", env: home, want: "https://home.test" },
  ];
  for (const { name, kubeconfig, env, want } of rows) {
    await t.step(name, async () => {
      const found = await loadCredentials({ kubeconfig, env: envOf(env), serviceAccount });
      equal(found.server, want);
      const isPod = name === "service account";
      equal(await found.token("send"), isPod ? "pod-token" : "abc");
      deepEqual(found.tls?.caCerts, [isPod ? "pod-ca" : "ca"]);
      equal(found.namespace, isPod ? "metallb-system" : undefined);
    });
  }
});

Deno.test("loadCredentials() says where it looked, and which file it cannot read", async () => {
  await rejects(loadCredentials({ env: envOf({ HOME: "/nowhere" }) }), {
    message: "Cannot find the cluster: wanted --kubeconfig, KUBECONFIG, a service account in a " +
      `pod, or "/nowhere/.kube/config", found none of them`,
  });
  await rejects(
    loadCredentials({ kubeconfig: "/nowhere/config", env: envOf({}) }),
    { message: 'Cannot read kubeconfig "/nowhere/config": there is no such file' },
  );
});

Deno.test("decodeKubeconfig() names file, line and column, and quotes nothing", () => {
  let message = "";
  try {
    decodeKubeconfig("/x", "users:\n  - token: [s3cret\n");
  } catch (error) {
    message = String(error);
  }
  equal(message.includes("s3cret"), false);
  equal(/^SyntaxError: Cannot read kubeconfig "\/x": .* line 3, column 1/.test(message), true);
});

Deno.test("fileToken() reads again after ten seconds and after a refusal", async () => {
  await using dir = await folder();
  const file = `${dir.path}/token`;
  const clock = new VirtualClock();
  const token = fileToken(file, clock);
  await rejects(token("send"), { message: `Cannot read token file "${file}"` });
  await Deno.writeTextFile(file, "one\n");
  equal(await token("send"), "one");
  await Deno.writeTextFile(file, "two");
  equal(await token("send"), "one");
  equal(await token("rejected"), "two");
  await Deno.writeTextFile(file, "three");
  clock.freeze(10_000);
  equal(await token("send"), "three");
  await Deno.remove(file);
  clock.freeze(10_000);
  equal(await token("send"), "three");
});

Deno.test("execToken() runs the plugin once per token", async () => {
  await using dir = await folder();
  const command = `${dir.path}/plugin`;
  const script = `#!/bin/sh
echo run >> ${dir.path}/runs
printf '{"status":{"token":"%s %s","expirationTimestamp":"2023-11-14T23:00:00Z"}}' "$1" "$A"
`;
  await Deno.writeTextFile(command, script, { mode: 0o755 });
  const plugin = {
    apiVersion: "client.authentication.k8s.io/v1",
    command,
    args: ["x"],
    env: { A: "y" },
    installHint: undefined,
    cluster: undefined,
  };
  const clock = new VirtualClock();
  const token = execToken(plugin, clock);
  const runs = async (): Promise<number> =>
    (await Deno.readTextFile(`${dir.path}/runs`)).trim().split("\n").length;
  deepEqual(await Promise.all([token("send"), token("send")]), ["x y", "x y"]);
  await token("send");
  equal(await runs(), 1);
  await token("rejected");
  equal(await runs(), 2);
  clock.freeze(3_600_000);
  await token("send");
  equal(await runs(), 3);
});

Deno.test("execToken() says what is wrong with a plugin, without what it printed", async (t) => {
  const plugin = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "sh",
    env: {},
    installHint: "Ask the desk",
    cluster: undefined,
  };
  const rows = [
    { args: ["-c", "exit 3"], want: `Cannot use credential plugin "sh": it exited with 3` },
    {
      args: ["-c", "echo s3cret"],
      want: `Cannot use credential plugin "sh": wanted ExecCredential JSON on stdout`,
    },
    {
      args: ["-c", `echo '{"status":{"clientCertificateData":"x"}}'`],
      want:
        `Cannot use credential plugin "sh": wanted a token in status, found a client certificate`,
    },
  ];
  for (const { args, want } of rows) {
    await t.step(want, async () => {
      const token = execToken({ ...plugin, args }, new VirtualClock());
      await rejects(token("send"), { message: want });
    });
  }
  const missing = execToken(
    { ...plugin, command: "/nowhere/plugin", args: [] },
    new VirtualClock(),
  );
  await rejects(missing("send"), {
    message: `Cannot run credential plugin "/nowhere/plugin". Ask the desk`,
  });
});
