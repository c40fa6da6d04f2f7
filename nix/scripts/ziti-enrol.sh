# kss-ziti-enrol URL CA PASSWORD NAME ROLES IMAGE CONFIG DIR DOMAIN OWNER: makes the router NAME with the roles of the list ROLES, a
# JSON text, and gets its identity into DIR. One that is there already gets a new identity: its old one is not here any more.
password=$3 router=$4 roles=$5 image=$6 config=$7 dir=$8 domain=$9 owner=${10}
jwt=$run/router.jwt

if ! session "$password"; then
  echo "the password in $password is not that of the administrator" >&2
  exit 1
fi
id=$(call edge-routers --get --data-urlencode "filter=name = \"$router\"" | jq -r '.data[0].id // ""')
if [ -n "$id" ]; then
  call "edge-routers/$id/re-enroll" --request POST --data '{}' >/dev/null
else
  id=$(jq -n --arg name "$router" --argjson roles "$roles" '{$name, roleAttributes: $roles, isTunnelerEnabled: true}' |
    call edge-routers --data @- | jq -r .data.id)
fi
call "edge-routers/$id" | jq -j .data.enrollmentJwt >"$jwt"
chown "$owner:$owner" "$jwt"

if ! podman run --rm --network host --add-host "$domain:127.0.0.1" --cap-drop all --security-opt no-new-privileges --user "$owner:$owner" \
  --volume "$dir:/ziti-router" --volume "$config:/etc/kss-ziti.yml:ro" --volume "$jwt:/run/router.jwt:ro" \
  --entrypoint /usr/local/bin/ziti "$image" router enroll /etc/kss-ziti.yml --jwt /run/router.jwt; then
  # Half an identity would be taken for a whole one.
  rm -f "$dir/router.cert"
  exit 1
fi
