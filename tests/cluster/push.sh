#!/usr/bin/env bash
# push.sh REGISTRY CONFIG NAME ARCHIVE NEXT LAYER
# Pushes an image, as docker save writes it, into the registry in folder REGISTRY, and once more as NEXT with a
# layer on top. Names are without the registry's host; CONFIG is the registry's. crane and docker-registry are on PATH.
set -euo pipefail
# The registry that takes the images lives in a network of its own for these moments.
if [[ ${1:-} != --inside ]]; then exec unshare --net "$0" --inside "$@"; fi
shift
folder=$1 config=$2 name=$3 archive=$4 next=$5 layer=$6 host=127.0.0.1:5000
work=$(mktemp -d) pid=
trap '[[ $pid ]] && kill "$pid"; wait; rm -r "$work"' EXIT
ip link set lo up
REGISTRY_HTTP_ADDR=$host REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=$folder \
  docker-registry serve "$config" > "$work/registry.log" 2>&1 &
pid=$!
for _ in {1..50}; do curl -sf "$host/v2/" > /dev/null && break; sleep 0.1; done
if ! { crane push "$archive" "$host/$name" && crane append -b "$host/$name" -f "$layer" -t "$host/$next"; } \
  > "$work/crane.log" 2>&1; then
  cat "$work/registry.log" "$work/crane.log" >&2
  exit 1
fi
