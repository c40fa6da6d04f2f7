# kss-ziti-admin URL CA WANTED KNOWN: gives the administrator the password in the file WANTED. KNOWN is the file with the one that
# was in use last.
wanted=$3 known=$4

status=0
session "$wanted" || status=$?
if [ "$status" = 1 ]; then
  if ! session "$known"; then
    echo "neither the password in $wanted nor the last one is that of the administrator" >&2
    exit 1
  fi
  id=$(call current-identity/authenticators | jq -r '.data[] | select(.method == "updb") | .id')
  jq -n --rawfile new "$wanted" --rawfile old "$known" \
    '{username: "admin", password: ($new | rtrimstr("\n")), currentPassword: ($old | rtrimstr("\n"))}' |
    call "current-identity/authenticators/$id" --request PUT --data @- >/dev/null
elif [ "$status" != 0 ]; then
  exit 1
fi
# For the day when there is another one.
cat "$wanted" >"$known.new"
mv "$known.new" "$known"
