/** A web server with one page, on every address of the node that it runs on: `deno run -A … PORT`. */
if (import.meta.main) {
  const port = Number(Deno.args[0]);
  Deno.serve({ hostname: "0.0.0.0", port, onListen: () => {} }, () => new Response("here\n"));
}
