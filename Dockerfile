# The image of Lanlord: the program, the files of Debian that it needs, and the list of both. See docs/image.md.
#   docker build --tag lanlord/lanlord:dev .
# `deno task image` does the same with buildah, with labels that say which commit this is.

# Any image with Deno 2.9 as `deno`, and a shell.
ARG DENO_IMAGE=docker.io/denoland/deno:2.9.6
# Any image of Debian with libc6, libgcc-s1 and ca-certificates; nothing is run in it.
ARG DEBIAN_IMAGE=docker.io/library/buildpack-deps:bookworm-curl

FROM ${DEBIAN_IMAGE} AS debian

FROM --platform=$BUILDPLATFORM ${DENO_IMAGE} AS build
WORKDIR /src
COPY . .
RUN deno cache main.ts release/image_root.ts
ARG TARGETARCH
ARG COMMIT
ARG SOURCE_DATE_EPOCH
# What git archive would have written into this file.
RUN [ -z "$COMMIT" ] || printf '{ "commit": "%s" }\n' "$COMMIT" > cli/commit.json
RUN --mount=type=bind,from=debian,target=/debian deno run -A release/image_root.ts /debian /image

FROM scratch
COPY --from=build /image/ /
# Held to deno.json by a test.
ARG VERSION=0.1.0
ARG COMMIT
ARG CREATED
LABEL org.opencontainers.image.title="Lanlord" \
  org.opencontainers.image.description="Addresses for Kubernetes Services of type LoadBalancer, on your own network" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${COMMIT}" \
  org.opencontainers.image.created="${CREATED}"
ENV DENO_TLS_CA_STORE=system
# Whoever gives the speaker its capabilities says user 0 too: see docs/adr/0025-the-speaker-is-user-0.md
USER 65534:65534
ENTRYPOINT ["/usr/bin/lanlord"]
