import { createClient, loadCredentials } from "../../kube/mod.ts";
import { usingControlPlane } from "../control_plane/mod.ts";
import { tellStories } from "../leader_stories.ts";
import { testWith } from "../needs.ts";

const controlPlane = usingControlPlane();

testWith(["apiserver"], "a leader on a real API server", async (t) => {
  const credentials = await loadCredentials({
    kubeconfig: controlPlane().kubeconfig,
    env: () => undefined,
  });
  await tellStories(
    t,
    () => (userAgent) => Promise.resolve(createClient(credentials, { userAgent })),
  );
});
