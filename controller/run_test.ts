import { createApi } from "../demo/api/mod.ts";
import { anonymousCredentials, createClient } from "../kube/mod.ts";
import { type OpenKube } from "../tests/leader_stage.ts";
import { tellStories } from "../tests/leader_stories.ts";

Deno.test("a leader on the API server in memory", async (t) => {
  await tellStories(t, (): OpenKube => {
    const api = createApi();
    return (userAgent) =>
      Promise.resolve(
        createClient(anonymousCredentials("http://api"), {
          fetch: (request) => api.fetch(request),
          userAgent,
        }),
      );
  });
});
