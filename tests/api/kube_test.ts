import { anonymousCredentials, createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { CASES, runCase } from "./kube_contract.ts";

const controlPlane = usingControlPlane();

// etcd's history cannot be cut from here, nor can the API server's memory of it.
for (const each of CASES.filter(({ wants }) => wants !== "compact")) {
  testWith(["apiserver", "kubectl"], `kube-apiserver ${each.name}`, async () => {
    const { kubeconfig } = controlPlane();
    const credentials = await loadCredentials({ kubeconfig, env: () => undefined });
    const { server, tls } = credentials;
    using kube = createClient(credentials);
    using other = createClient(credentials);
    using stranger = createClient({ ...anonymousCredentials(server), ...(tls ? { tls } : {}) });
    await runCase(each, { kube, other, stranger });
  });
}
