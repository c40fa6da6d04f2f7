#!/usr/bin/env bash
# Sends packets through the forward rules of the library: a pod, a router with the rules, a management network with two hosts.
# Everything is in network namespaces of this process, and goes with it.
#
#   forward.sh DIR      needs root, `ip` and `nft`
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1
id=kss$$
trap 'for n in pod router lan; do ip netns pids $id-$n 2>/dev/null | xargs -r kill; ip netns del $id-$n 2>/dev/null; done || true' EXIT

cat >"$work/forward.nix" <<NIX
let
  inherit (import $here/evaluate.nix) evaluate;
  config = (evaluate [ $here/../modules ] {
    networking.nftables.enable = true;
    kss.forward = {
      source = [ "10.42.0.0/24" ];
      rules = [
        { to = "10.69.10.10/32"; verdict = "accept"; ports = [ "11434/tcp" ]; }
        { to = "10.69.10.0/24"; verdict = "drop"; }
      ];
    };
  }).whole;
  table = config.networking.nftables.tables.kss-forward;
in
"table \${table.family} kss-forward {\n\${table.content}}\n"
NIX
nix-instantiate --store dummy:// --eval --strict --json "$work/forward.nix" | python3 -c 'import json, sys; print(json.load(sys.stdin))' >"$work/forward.nft"

for n in pod router lan; do
  ip netns add $id-$n
  ip -n $id-$n link set lo up
done
ip link add p0 netns $id-pod type veth peer name p1 netns $id-router
ip link add l0 netns $id-lan type veth peer name l1 netns $id-router
ip -n $id-pod addr add 10.42.0.2/24 dev p0
ip -n $id-router addr add 10.42.0.1/24 dev p1
ip -n $id-router addr add 10.69.10.1/24 dev l1
ip -n $id-lan addr add 10.69.10.10/24 dev l0
ip -n $id-lan addr add 10.69.10.20/24 dev l0
for link in pod:p0 router:p1 router:l1 lan:l0; do ip -n "$id-${link%:*}" link set "${link#*:}" up; done
ip -n $id-pod route add default via 10.42.0.1
ip -n $id-lan route add default via 10.69.10.1
ip netns exec $id-router sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
ip netns exec $id-router nft -f "$work/forward.nft"

# One server in each end, which answers a connection by its own address.
server='
import socket, sys
listener = socket.create_server(("0.0.0.0", int(sys.argv[1])))
while True:
    connection, _ = listener.accept()
    connection.close()
'
ip netns exec $id-lan python3 -c "$server" 11434 &
ip netns exec $id-lan python3 -c "$server" 22 &
ip netns exec $id-pod python3 -c "$server" 8080 &

# reaches FROM ADDRESS PORT
reaches() { ip netns exec "$id-$1" python3 -c 'import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 1).close()' "$2" "$3" 2>/dev/null; }

for _ in $(seq 50); do ! reaches pod 10.69.10.10 11434 || ! reaches lan 10.42.0.2 8080 || break; done
reaches pod 10.69.10.10 11434 || { echo "the exception before the ban does not work"; exit 1; }
! reaches pod 10.69.10.10 22 || { echo "another port of the excepted host is open"; exit 1; }
! reaches pod 10.69.10.20 11434 || { echo "the rest of the network is open"; exit 1; }
reaches lan 10.42.0.2 8080 || { echo "a pod can't answer whom it may not call"; exit 1; }
