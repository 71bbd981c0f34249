/**
 * What `kubectl get … -o yaml` could have printed: Services that have what they want, and others; three nodes, of
 * which one may hold addresses.
 */
export const EXPORTED_CLUSTER = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: { namespace: metallb-system, name: config }
  data:
    config: |
      address-pools:
      - { name: lan, protocol: layer2, addresses: [192.168.0.200-192.168.0.202] }
      - { name: far, protocol: layer2, addresses: [10.9.0.0/30], auto-assign: false }
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: fine, creationTimestamp: "2026-01-01T00:00:00Z", annotations: {metallb.io/ip-allocated-from-pool: lan} }
  spec: { type: LoadBalancer, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{port: 80}] }
  status: { loadBalancer: { ingress: [{ ip: 192.168.0.200 }] } }
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: far, creationTimestamp: "2026-01-01T00:00:00Z", annotations: {metallb.io/address-pool: far} }
  spec: { type: LoadBalancer, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{port: 80}] }
  status: { loadBalancer: { ingress: [{ ip: 10.9.0.1 }] } }
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: pool, creationTimestamp: "2026-01-01T00:00:01Z", annotations: {metallb.io/address-pool: foo} }
  spec: { type: LoadBalancer, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{port: 80}] }
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: taken, creationTimestamp: "2026-01-01T00:00:01Z" }
  spec: { type: LoadBalancer, loadBalancerIP: 192.168.0.200, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{port: 80}] }
- apiVersion: v1
  kind: Service
  metadata: { namespace: default, name: waiting, creationTimestamp: "2026-01-01T00:00:02Z" }
  spec: { type: LoadBalancer, ipFamilies: [IPv4], clusterIPs: [10.96.0.1], ports: [{port: 80}] }
- apiVersion: v1
  kind: Service
  metadata: { namespace: shop, name: internal }
  spec: { type: ClusterIP }
- { apiVersion: v1, kind: Node, metadata: { name: n1 } }
- { apiVersion: v1, kind: Node, metadata: { name: n2, labels: {node.kubernetes.io/exclude-from-external-load-balancers: ""} } }
- { apiVersion: v1, kind: Node, metadata: { name: n3 } }
- apiVersion: coordination.k8s.io/v1
  kind: Lease
  metadata: { namespace: metallb-system, name: lanlord-speaker-n1, annotations: { lanlord.dev/interfaces: '[{"name":"eth0","mac":"02:00:00:00:00:01","subnets":["192.168.0.0/24"]}]' } }
  spec: { holderIdentity: n1 }
- apiVersion: coordination.k8s.io/v1
  kind: Lease
  metadata: { namespace: metallb-system, name: lanlord-speaker-n2, annotations: { lanlord.dev/interfaces: '[{"name":"eth0","mac":"02:00:00:00:00:02","subnets":["192.168.0.0/24"]}]' } }
  spec: { holderIdentity: n2 }
- apiVersion: metallb.io/v1beta1
  kind: ServiceL2Status
  metadata: { namespace: metallb-system, name: l2-1, creationTimestamp: "2026-01-02T00:00:00Z", labels: {metallb.io/service-name: fine, metallb.io/service-namespace: default} }
  status: { node: n1, interfaces: [{name: eth0}] }
`;
