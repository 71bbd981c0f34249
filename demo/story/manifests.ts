/** The namespace of the tutorial. */
export const NAMESPACE_YAML = `apiVersion: v1
kind: Namespace
metadata:
  name: metallb-system
`;

/** The ConfigMap of MetalLB's layer 2 tutorial. @param pool its addresses, `first-last` */
export function configYaml(pool: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  namespace: metallb-system
  name: config
data:
  config: |
    address-pools:
    - name: default
      protocol: layer2
      addresses:
      - ${pool}
`;
}

/** The same with a pool of this LAN. */
export const CONFIG_YAML = configYaml("192.168.0.200-192.168.0.250");

/** A web server that says who answers, and a Service of type LoadBalancer before it. */
export const WHOAMI_YAML = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: whoami-deployment
spec:
  replicas: 3
  selector:
    matchLabels:
      app: whoami
  template:
    metadata:
      labels:
        app: whoami
    spec:
      containers:
      - name: whoami
        image: containous/whoami
        ports:
        - containerPort: 80
---
apiVersion: v1
kind: Service
metadata:
  name: whoami
spec:
  type: LoadBalancer
  selector:
    app: whoami
  ports:
  - port: 80
    targetPort: 80
`;
