/**
 * Has the API server open the storage of each custom kind, as a cluster's own controllers do when they see a new one.
 * Where the deletion of a definition is the first to ask for its storage, which is not ready then, kube-apiserver v1.36
 * tries again after five minutes ("could not list instances: storage is (re)initializing").
 *
 * @param kubectl returns what kubectl wrote; throws where it fails
 */
export async function openStorage(
  kubectl: (argv: readonly string[]) => Promise<string>,
): Promise<void> {
  const path = "jsonpath={.items[*].metadata.name}";
  const kinds = (await kubectl(["get", "crd", "-o", path])).split(" ").filter(Boolean);
  if (kinds.length > 0) await kubectl(["get", kinds.join(","), "-A", "--ignore-not-found"]);
}
