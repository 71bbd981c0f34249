import { createApi } from "../demo/api/mod.ts";
import { CASES, runCase } from "../tests/api/kube_contract.ts";
import { anonymousCredentials, createClient } from "./mod.ts";

for (const each of CASES) {
  Deno.test(`in-memory API server ${each.name}`, async () => {
    const api = createApi({ bookmarkMs: 1_000 });
    using kube = createClient(anonymousCredentials("http://api.test"), { fetch: api.fetch });
    using other = createClient(anonymousCredentials("http://api.test"), { fetch: api.fetch });
    const compact = (): void => {
      api.faults.compact();
      api.faults.dropWatches();
    };
    await runCase(each, { kube, other, compact });
    api.stop();
  });
}
