#!/usr/bin/env bash
# kind.sh up|test|down: the cluster tests on kind. Needs Linux, docker, kind, kubectl and Deno.
# KIND_NAME names the cluster (lanlord), LANLORD_CLUSTER_POOL the addresses, if the network is no /16 or /24.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD name=${KIND_NAME:-lanlord}
client=$name-client
# Any image with curl, and with the C library that Deno needs.
client_image=docker.io/library/buildpack-deps:bookworm-curl
# The commit that the other build tells of.
next=feedc0defeedc0defeedc0defeedc0defeedc0de

image() { sed -n 's/^ *image: \(docker\.io\/lanlord\/lanlord:[^ ]*\)$/\1/p' deploy/lanlord.yaml | sort -u; }

# The last addresses of the network that the nodes are on.
pool() {
  local subnet
  subnet=$(docker network inspect kind --format '{{range .IPAM.Config}}{{println .Subnet}}{{end}}' | grep -F . | head -n 1)
  IFS=. read -r a b c _ <<< "$subnet"
  case $subnet in
    */16) echo "$a.$b.255.200-$a.$b.255.250" ;;
    */24) echo "$a.$b.$c.200-$a.$b.$c.250" ;;
    *) echo "Cannot choose addresses of $subnet: set LANLORD_CLUSTER_POOL" >&2 && return 1 ;;
  esac
}

up() {
  kind create cluster --name "$name" --wait 180s --config - << 'END'
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes: [{ role: control-plane }, { role: worker }, { role: worker }, { role: worker }]
END
  docker build --tag "$(image)" .
  docker build --tag docker.io/lanlord/lanlord:next --build-arg "COMMIT=$next" .
  kind load docker-image --name "$name" "$(image)" docker.io/lanlord/lanlord:next
  # The witness runs there: with our Deno, and from this folder.
  local deno
  deno=$(deno eval --print 'Deno.execPath()')
  docker run --detach --init --name "$client" --network kind --volume "$root:$root:ro" --volume "$deno:$deno:ro" \
    "$client_image" sleep infinity
}

run_tests() {
  local addresses
  addresses=${LANLORD_CLUSTER_POOL:-$(pool)}
  LANLORD_CLUSTER_KUBECTL="kubectl --context kind-$name" LANLORD_CLUSTER_CLIENT="docker exec $client" \
    LANLORD_CLUSTER_NODE="docker exec {node}" LANLORD_CLUSTER_STOP="docker kill {node}" \
    LANLORD_CLUSTER_START="docker start {node}" LANLORD_CLUSTER_NEXT_IMAGE=docker.io/lanlord/lanlord:next \
    LANLORD_CLUSTER_POOL="$addresses" deno task test cluster --filter "the tutorial"
}

down() {
  docker rm --force "$client"
  kind delete cluster --name "$name"
}

case ${1:-} in
  up) up ;;
  test) run_tests ;;
  down) down ;;
  *) echo "usage: kind.sh up|test|down" >&2 && exit 2 ;;
esac
