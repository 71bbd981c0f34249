/** A web server whose only page never ends: `deno run -A bench/lab/bulk_server.ts PORT`. */
const ZEROS = new Uint8Array(1 << 16);

function endless(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(ZEROS.slice()) });
}

if (import.meta.main) {
  const port = Number(Deno.args[0]);
  Deno.serve({ hostname: "0.0.0.0", port, onListen: () => {} }, () => new Response(endless()));
}
