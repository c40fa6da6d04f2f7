# Begins the scripts that speak to the controller of OpenZiti on this machine, by its name. They get URL and CA, and passwords in
# files: those go through files of one run and through pipes, never through arguments.
url=$1 ca=$2
run=$RUNTIME_DIRECTORY
name=${url#https://}

ask() {
  curl --silent --show-error --max-time 20 --cacert "$ca" --connect-to "$name:127.0.0.1:${name##*:}" \
    --header 'Content-Type: application/json' "$@"
}
# call PATH OPTION…: asks as the administrator, whose session is in the header of this run.
call() { ask --fail-with-body --header "@$run/header" "${@:2}" "$url/edge/management/v1/$1"; }
# session FILE: begins a session with the password in FILE. No answer, and one but yes and no, are another failure than a no.
session() {
  local code
  code=$(jq -Rs '{username: "admin", password: rtrimstr("\n")}' "$1" |
    ask --data @- --output "$run/answer" --write-out '%{http_code}' "$url/edge/management/v1/authenticate?method=password") || return 2
  case $code in
    200) printf 'zt-session: %s\n' "$(jq -r .data.token "$run/answer")" >"$run/header" ;;
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
