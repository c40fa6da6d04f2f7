# kss-ziti-database IMAGE CONFIG DATA OWNER: makes the database of the controller of OpenZiti.
#
# It takes the password of its administrator as an argument, which every process of the machine may read: so that is one that is
# made up here and replaced as soon as the controller runs (kss-ziti-admin).
image=$1 config=$2 data=$3 owner=$4
password=$(openssl rand -hex 24)
printf '%s\n' "$password" >"$data/admin-password"
if ! podman run --rm --network none --cap-drop all --security-opt no-new-privileges --user "$owner:$owner" \
  --volume "$data/controller:/ziti-controller" --volume "$config:/etc/kss-ziti.yml:ro" --entrypoint /usr/local/bin/ziti \
  "$image" controller edge init /etc/kss-ziti.yml --username admin --password "$password"; then
  # Half a database would be taken for a whole one.
  rm -f "$data/controller/ctrl.db"
  exit 1
fi
