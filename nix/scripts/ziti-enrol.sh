# kss-ziti-enrol IMAGE CONFIG DIR DOMAIN TOKEN OWNER: gets the identity of the router of OpenZiti, in DIR, for a token that can be
# used once.
image=$1 config=$2 dir=$3 domain=$4 token=$5 owner=$6
jwt=$RUNTIME_DIRECTORY/router.jwt
cat "$token" >"$jwt"
chown "$owner:$owner" "$jwt"
if ! podman run --rm --network host --add-host "$domain:127.0.0.1" --cap-drop all --security-opt no-new-privileges --user "$owner:$owner" \
  --volume "$dir:/ziti-router" --volume "$config:/etc/kss-ziti.yml:ro" --volume "$jwt:/run/router.jwt:ro" \
  --entrypoint /usr/local/bin/ziti "$image" router enroll /etc/kss-ziti.yml --jwt /run/router.jwt; then
  # Half an identity would be taken for a whole one.
  rm -f "$dir/router.cert"
  exit 1
fi
