# kss-container-network NAME SUBNET: makes the network of containers NAME, whose interface has the same name.
#
# A network that has other addresses by now is made anew; what runs in it is ended first.
name=$1 subnet=$2

if podman network exists "$name"; then
  if [ "$(podman network inspect "$name" | jq -r '.[0].subnets[0].subnet')" = "$subnet" ]; then exit 0; fi
  podman network rm --force "$name"
fi
podman network create --driver bridge --interface-name "$name" --disable-dns --subnet "$subnet" "$name"
