# kss-ziti-admin URL CA WANTED KNOWN: gives the administrator of the controller at URL the password in the file WANTED.
#
# KNOWN is the file with the one that was in use last. Both go through files of this run and through pipes, never through
# arguments. The controller is reached on this machine, by its name.
url=$1 ca=$2 wanted=$3 known=$4
run=$RUNTIME_DIRECTORY
name=${url#https://}

ask() {
  curl --silent --show-error --max-time 20 --cacert "$ca" --connect-to "$name:127.0.0.1:${name##*:}" \
    --header 'Content-Type: application/json' "$@"
}
# session FILE: the token of a session with the password in FILE. No answer, and one but yes and no, are a failure.
session() {
  local code
  code=$(jq -Rs '{username: "admin", password: rtrimstr("\n")}' "$1" |
    ask --data @- --output "$run/answer" --write-out '%{http_code}' "$url/edge/management/v1/authenticate?method=password") || return 2
  case $code in
    200) jq -r .data.token "$run/answer" ;;
    401) return 1 ;;
    *)
      echo "the controller answers $code: $(cat "$run/answer")" >&2
      return 2
      ;;
  esac
}

for attempt in $(seq 60); do
  if ask --fail --output /dev/null "$url/edge/management/v1/version" 2>/dev/null; then break; fi
  if [ "$attempt" = 60 ]; then
    echo "$url does not answer" >&2
    exit 1
  fi
  sleep "${KSS_WAIT:-2}"
done

status=0
session "$wanted" >/dev/null || status=$?
if [ "$status" = 1 ]; then
  if ! token=$(session "$known"); then
    echo "neither the password in $wanted nor the last one is that of the administrator" >&2
    exit 1
  fi
  printf 'zt-session: %s\n' "$token" >"$run/header"
  id=$(ask --fail-with-body --header "@$run/header" "$url/edge/management/v1/current-identity/authenticators" |
    jq -r '.data[] | select(.method == "updb") | .id')
  jq -n --rawfile new "$wanted" --rawfile old "$known" \
    '{username: "admin", password: ($new | rtrimstr("\n")), currentPassword: ($old | rtrimstr("\n"))}' |
    ask --fail-with-body --header "@$run/header" --request PUT --data @- "$url/edge/management/v1/current-identity/authenticators/$id" >/dev/null
elif [ "$status" != 0 ]; then
  exit 1
fi
# For the day when there is another one.
cat "$wanted" >"$known.new"
mv "$known.new" "$known"
