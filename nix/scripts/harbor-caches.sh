# kss-harbor-caches URL WANTED: brings the caches of other registries in the Harbor at URL to what the JSON file WANTED says.
#
# Passwords are credentials of the unit, and go through files of this run and through pipes. Everything may be done again.
url=$1/api/v2.0 wanted=$2
run=$RUNTIME_DIRECTORY

# In curl's configuration `\` and `"` are escaped.
printf 'user = "admin:%s"\n' "$(sed 's/[\\"]/\\&/g' "$CREDENTIALS_DIRECTORY/admin")" >"$run/login"
admin() { curl --silent --show-error --max-time 60 --config "$run/login" "$@"; }
ask() { admin --fail-with-body "$@"; }
# registry NAME: its number, nothing if there is none.
registry() { ask "$url/registries?page_size=100&q=name%3D$1" | jq -r --arg name "$1" '.[] | select(.name == $name) | .id'; }
# call METHOD PATH: sends the JSON of its input.
call() { ask --request "$1" --header 'Content-Type: application/json' --data @- "$url/$2"; }

for attempt in $(seq 90); do
  if health=$(curl --silent --max-time 10 "$url/health" 2>&1) && [ "$(jq -r .status <<<"$health" 2>/dev/null)" = healthy ]; then break; fi
  if [ "$attempt" = 90 ]; then
    echo "Harbor at $1 is not healthy: $health" >&2
    exit 1
  fi
  sleep "${KSS_WAIT:-2}"
done

jq '{robot_name_prefix: .robotPrefix, self_registration: false}' "$wanted" | call PUT configurations >/dev/null

while IFS= read -r name; do
  wish=$(jq --arg name "$name" '.caches[$name] | {$name, type: .provider, url, insecure: false}' "$wanted")
  credential=$(jq -r --arg name "$name" '.caches[$name].credential // ""' "$wanted")
  if [ -n "$credential" ]; then
    wish=$(jq --arg name "$name" --slurpfile wanted "$wanted" --rawfile password "$CREDENTIALS_DIRECTORY/$credential" \
      '. + {credential: {type: "basic", access_key: $wanted[0].caches[$name].user, access_secret: ($password | rtrimstr("\n"))}}' <<<"$wish")
  fi

  found=$(registry "$name")
  if [ -z "$found" ]; then
    call POST registries <<<"$wish" >/dev/null
    found=$(registry "$name")
  else
    # The kind of a registry can't be changed.
    jq '{name, url, insecure}
      + (if .credential then {credential_type: .credential.type, access_key: .credential.access_key, access_secret: .credential.access_secret} else {} end)' \
      <<<"$wish" | call PUT "registries/$found" >/dev/null
  fi

  public=$(jq -r --arg name "$name" '.caches[$name].public | tostring' "$wanted")
  code=$(admin --output "$run/answer" --write-out '%{http_code}' "$url/projects/$name")
  case $code in
    200) jq -n --arg public "$public" '{metadata: {$public}}' | call PUT "projects/$name" >/dev/null ;;
    403 | 404) jq -n --arg name "$name" --argjson registry "$found" --arg public "$public" \
      '{project_name: $name, registry_id: $registry, metadata: {$public}}' | call POST projects >/dev/null ;;
    *)
      echo "Harbor answers $code to projects/$name: $(cat "$run/answer")" >&2
      exit 1
      ;;
  esac
done < <(jq -r '.caches | keys[]' "$wanted")
