import { deepEqual, equal, throws } from "node:assert/strict";
import { type KubeconfigContext, parseKubeconfig } from "./kubeconfig.ts";
import type { JsonObject } from "./types.ts";

const FILE = "/home/me/.kube/config";

function kubeconfig(user: JsonObject, cluster: JsonObject = {}): JsonObject {
  return {
    "current-context": "lab",
    contexts: [{ name: "lab", context: { cluster: "c", user: "u", namespace: "n" } }],
    clusters: [{ name: "c", cluster: { server: "https://api.test:6443/", ...cluster } }],
    users: [{ name: "u", user }],
  };
}

function read(user: JsonObject, cluster?: JsonObject): KubeconfigContext {
  return parseKubeconfig([{ file: FILE, value: kubeconfig(user, cluster) }]);
}

const EXEC = { apiVersion: "client.authentication.k8s.io/v1", command: "get-token" };

Deno.test("parseKubeconfig() reads the current context", () => {
  const user = { "client-certificate-data": "Y2VydA==", "client-key": "key.pem" };
  const cluster = { "certificate-authority": "/etc/ca.pem", "proxy-url": "http://proxy.test" };
  deepEqual(read(user, cluster), {
    context: "lab",
    server: "https://api.test:6443",
    namespace: "n",
    proxyUrl: "http://proxy.test",
    certificateAuthority: { kind: "file", file: "/etc/ca.pem" },
    clientCertificate: { kind: "base64", text: "Y2VydA==" },
    clientKey: { kind: "file", file: "/home/me/.kube/key.pem" },
    token: { kind: "none" },
  });
});

Deno.test("parseKubeconfig() finds the token as kubectl does", async (t) => {
  const rows: readonly { name: string; user: JsonObject; want: KubeconfigContext["token"] }[] = [
    { name: "a token", user: { token: "abc" }, want: { kind: "text", token: "abc" } },
    {
      name: "a file, in preference to a token",
      user: { token: "abc", tokenFile: "token" },
      want: { kind: "file", file: "/home/me/.kube/token" },
    },
    {
      name: "a plugin",
      user: {
        exec: {
          ...EXEC,
          command: "bin/get-token",
          args: ["--lab"],
          env: [{ name: "A", value: "b" }],
          provideClusterInfo: true,
        },
      },
      want: {
        kind: "exec",
        plugin: {
          apiVersion: EXEC.apiVersion,
          command: "/home/me/.kube/bin/get-token",
          args: ["--lab"],
          env: { A: "b" },
          installHint: undefined,
          cluster: { server: "https://api.test:6443" },
        },
      },
    },
  ];
  for (const { name, user, want } of rows) {
    await t.step(name, () => deepEqual(read(user).token, want));
  }
});

Deno.test("parseKubeconfig() merges files: the first to name something wins", () => {
  const first: JsonObject = { users: [{ name: "u", user: { tokenFile: "t" } }] };
  const second = kubeconfig({ token: "second" });
  const third = { ...kubeconfig({ token: "third" }), "current-context": "other" };
  const got = parseKubeconfig([
    { file: "/a/config", value: first },
    { file: "/b/config", value: second },
    { file: "/c/config", value: third },
  ]);
  equal(got.context, "lab");
  deepEqual(got.token, { kind: "file", file: "/a/t" });
});

Deno.test("parseKubeconfig() refuses by name what it cannot honour", async (t) => {
  const at = `Cannot use kubeconfig "${FILE}"`;
  const rows: readonly { user?: JsonObject; cluster?: JsonObject; want: string }[] = [
    {
      cluster: { "insecure-skip-tls-verify": true },
      want: `${at}, clusters[c].cluster: "insecure-skip-tls-verify" cannot be honoured; ` +
        `give the certificate in "certificate-authority-data" instead`,
    },
    {
      cluster: { "tls-server-name": "x" },
      want: `${at}, clusters[c].cluster: "tls-server-name" cannot be honoured; ` +
        "give a server address that its certificate names",
    },
    {
      user: { as: "admin" },
      want: `${at}, users[u].user: "as" cannot be honoured; impersonation is not supported`,
    },
    {
      user: { "auth-provider": { name: "gcp" } },
      want: `${at}, users[u].user: "auth-provider" cannot be honoured; ` +
        `it was removed in Kubernetes 1.26; use "exec"`,
    },
    {
      user: { exec: { ...EXEC, interactiveMode: "Always" } },
      want: `${at}, users[u].user.exec: "interactiveMode: Always" cannot be honoured; ` +
        "there is nobody to ask",
    },
    {
      user: { exec: { ...EXEC, apiVersion: "client.authentication.k8s.io/v1alpha1" } },
      want: `${at}, users[u].user.exec: wanted apiVersion client.authentication.k8s.io/v1 or ` +
        `client.authentication.k8s.io/v1beta1, found "client.authentication.k8s.io/v1alpha1"`,
    },
    {
      user: { "client-certificate": "cert.pem" },
      want: `${at}, users[u].user: wanted "client-key" too, found none`,
    },
    {
      cluster: { server: "api.test" },
      want: `${at}, clusters[c].cluster: wanted an http or https address in "server"`,
    },
  ];
  for (const { user = {}, cluster = {}, want } of rows) {
    await t.step(want, () => throws(() => read(user, cluster), { message: want }));
  }
});

Deno.test("parseKubeconfig() names what is missing", async (t) => {
  const whole = kubeconfig({});
  const at = `Cannot use kubeconfig "${FILE}"`;
  const rows = [
    { value: null, want: `${at}: wanted "current-context", found none` },
    { value: { ...whole, contexts: [] }, want: `${at}: wanted "lab" in contexts, found none` },
    {
      value: { ...whole, contexts: [{ name: "a" }, { name: "b" }] },
      want: `${at}: wanted "lab" in contexts, found "a", "b"`,
    },
    { value: { ...whole, clusters: [] }, want: `${at}: wanted "c" in clusters, found none` },
    { value: { ...whole, users: [] }, want: `${at}: wanted "u" in users, found none` },
  ];
  for (const { value, want } of rows) {
    await t.step(want, () =>
      throws(() => parseKubeconfig([{ file: FILE, value }]), {
        name: "SyntaxError",
        message: want,
      }));
  }
});

Deno.test("parseKubeconfig() takes an explicit false for absent", () => {
  equal(read({}, { "insecure-skip-tls-verify": false }).server, "https://api.test:6443");
});
