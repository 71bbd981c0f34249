import { Counter, Gauge, type Registry } from "./prometheus.ts";

/** What MetalLB counts of its work with the API, in the leader and in speakers, under its names. */
export interface ClientMetrics {
  /** A look at everything that was changed was taken. */
  readonly looked: () => void;
  /** A configuration was rejected, or a write failed. */
  readonly failed: () => void;
  readonly configuration: (
    state: { readonly isLoaded: boolean; readonly isStale: boolean },
  ) => void;
}

/** Registers them; there is no configuration until the first call says so. */
export function createClientMetrics(registry: Registry): ClientMetrics {
  const registers = [registry];
  const updates = new Counter({
    name: "metallb_k8s_client_updates_total",
    help: "Looks taken at Services and configuration",
    registers,
  });
  const errors = new Counter({
    name: "metallb_k8s_client_update_errors_total",
    help: "Configurations rejected and writes failed",
    registers,
  });
  const loaded = new Gauge({
    name: "metallb_k8s_client_config_loaded_bool",
    help: "1 while a configuration is in force",
    registers,
  });
  const stale = new Gauge({
    name: "metallb_k8s_client_config_stale_bool",
    help: "1 while the newest configuration is rejected",
    registers,
  });
  return {
    looked: () => updates.inc(),
    failed: () => errors.inc(),
    configuration: ({ isLoaded, isStale }) => {
      loaded.set(Number(isLoaded));
      stale.set(Number(isStale));
    },
  };
}
