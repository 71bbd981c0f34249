import type { SpeakerLan } from "./speaker_lan.ts";

/** What the nodes' Leases say in one annotation; empty for a Lease without it. */
export async function annotations({ api }: SpeakerLan, name: string): Promise<readonly string[]> {
  const at = "http://api/apis/coordination.k8s.io/v1/namespaces/metallb-system/leases";
  const { items } = await (await api.fetch(at)).json();
  return items.map((lease: { metadata: { annotations?: Record<string, string> } }) =>
    lease.metadata.annotations?.[name] ?? ""
  );
}
