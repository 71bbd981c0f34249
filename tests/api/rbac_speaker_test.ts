import { usingControlPlane } from "../control_plane/mod.ts";
import { testWith } from "../needs.ts";
import { installCrds } from "./crd_stage.ts";
import { proveRows } from "./rbac/prove.ts";
import { openCluster } from "./rbac/stage.ts";
import { SPEAKER_ROWS } from "./rbac/speaker_rows.ts";

const controlPlane = usingControlPlane();

testWith(["apiserver", "kubectl"], "each right of a speaker is for something", async (t) => {
  await installCrds(controlPlane());
  using cluster = await openCluster(controlPlane());
  await proveRows(t, cluster, "speaker", SPEAKER_ROWS);
});
