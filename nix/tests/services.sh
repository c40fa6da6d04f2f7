# The scripts of the services that clusters share, run against stand-ins. Sourced by `run`, which has `$here`, `$nix` and `$work`.

# with_server KIND DIR WORDS… -- COMMAND…: runs the command with the port of such a server behind it.
with_server() {
  local words=() port server result
  while [ "$1" != -- ]; do words+=("$1"); shift; done
  shift
  coproc SERVER { exec python3 "$here/servers.py" "${words[@]}"; }
  server=$SERVER_PID
  read -r port <&"${SERVER[0]}"
  "$@" "$port"
  result=$?
  kill "$server"
  wait "$server" 2>/dev/null
  return $result
}

# fresh NAME: an empty folder of that name; prints it.
fresh() { rm -rf "${work:?}/$1" && mkdir -p "$work/$1" && echo "$work/$1"; }

# said FILE LINE: the line is in the file.
said() { grep -qF -- "$2" "$1" || { echo "missing: $2"; cat "$1"; return 1; }; }

# What every stand-in for Podman does: writes down what it is told.
make_podman() {
  mkdir -p "$1/bin"
  { echo '#!/bin/bash'; echo "echo \"podman \$*\" >>$1/calls"; cat; } >"$1/bin/podman"
  chmod +x "$1/bin/podman"
}

networks() {
  local dir
  dir=$(fresh networks)
  make_podman "$dir" <<PODMAN
case "\$1 \$2" in
  "network exists") [ -e $dir/subnet ] ;;
  "network inspect") echo "[{\"subnets\": [{\"subnet\": \"\$(cat $dir/subnet)\"}]}]" ;;
  "network rm") rm $dir/subnet ;;
  "network create") echo "\${@: -2:1}" >$dir/subnet ;;
esac
PODMAN
  network() { PATH=$dir/bin:$PATH script container-network kss-x "$1"; }
  network 10.89.1.0/24 && network 10.89.1.0/24 || return 1
  [ "$(grep -c 'network create' "$dir/calls")" = 1 ] || { echo "it was made twice"; return 1; }
  said "$dir/calls" "podman network create --driver bridge --interface-name kss-x --disable-dns --subnet 10.89.1.0/24 kss-x" || return 1
  network 10.89.2.0/24 || return 1
  [ "$(cat "$dir/subnet")" = 10.89.2.0/24 ] || { echo "another subnet changes nothing"; return 1; }
}

# upgrade OLD NEW STOP…
upgrade() {
  echo "$1" >"$work/VERSION"
  shift
  script gitlab-upgrade "$work/VERSION" "$@"
}
upgrades() {
  local stops=(18.2 17.11 18.5)
  rm -f "$work/VERSION"
  script gitlab-upgrade "$work/VERSION" 18.8.2 "${stops[@]}" || { echo "a first start is refused"; return 1; }
  upgrade 18.5.1-ee 18.8.2 "${stops[@]}" || { echo "an upgrade from a stop is refused"; return 1; }
  upgrade 18.4.0 18.5.9 "${stops[@]}" || { echo "an upgrade to a stop is refused"; return 1; }
  upgrade 18.8.3 18.8.2 "${stops[@]}" || { echo "an older patch is refused"; return 1; }
  upgrade 18.10.0 18.10.1 "${stops[@]}" || { echo "18.10 is taken for 18.1"; return 1; }
}
skipped_stop() { upgrade 17.9.4 18.8.2 18.2 17.11 18.5; }
downgrade() { upgrade 18.8.2 18.5.1 18.5; }

# GitHub with two repositories that are copied, one that is not and one that can't be; GitLab is empty.
make_forge() {
  local dir=$1 name
  mkdir -p "$dir/credentials" "$dir/state" "$dir/run" "$dir/gitlab" "$dir/github"
  echo gl-token >"$dir/credentials/gitlab"
  echo gh-token >"$dir/credentials/github"
  echo top-secret >"$dir/credentials/variable-PASSWORD"
  for name in one two; do
    git init --quiet --bare "$dir/gitlab/$name.git"
    git init --quiet -b main "$dir/github/$name"
    commit "$dir/github/$name" first
    git -C "$dir/github/$name" update-ref refs/pull/1/head HEAD
  done
  jq -n --arg dir "$dir" '[["one", false], ["old", true], ["lost", false], ["two", false]]
    | map({name: .[0], archived: .[1], fork: false, description: "a \"b\"", clone_url: "file://\($dir)/github/\(.[0])"})' >"$dir/repositories.json"
}
commit() { git -C "$1" -c user.name=x -c user.email=x@x commit --quiet --allow-empty -m "$2"; }
mirror() {
  local dir=$1 port=$2
  jq -n --arg at "http://127.0.0.1:$port" '{organisation: "acme", api: $at, ciConfig: "ci.yml@infra/site", visibility: "internal", skipArchived: true, skipForks: true,
    gitlab: {url: $at, group: "apps"}, variables: {REGISTRY: {value: "r.lan", masked: false, credential: null},
    PASSWORD: {value: null, masked: true, credential: "variable-PASSWORD"}}}' >"$dir/wanted.json"
  CREDENTIALS_DIRECTORY=$dir/credentials STATE_DIRECTORY=$dir/state RUNTIME_DIRECTORY=$dir/run script github-mirror "$dir/wanted.json"
}
mirrors() {
  local dir=$1 port=$2 output heads
  ! output=$(mirror "$dir" "$port" 2>&1) || { echo "a repository that can't be copied is no failure"; return 1; }
  [[ $output == *"not copied: lost"* ]] || { echo "it says: $output"; return 1; }
  said "$dir/calls" 'POST /api/v4/groups {' && said "$dir/calls" '"ci_config_path": "ci.yml@infra/site"' || return 1
  said "$dir/calls" '"value": "top-secret"' || return 1
  heads=$(git -C "$dir/gitlab/two.git" for-each-ref --format='%(refname)')
  [ "$heads" = refs/heads/main ] || { echo "the copy has $heads"; return 1; }
  [ "$(jq -s length <(grep '^POST /api/v4/projects ' "$dir/calls" | cut -d ' ' -f 3-))" = 3 ] || { echo "not three projects"; return 1; }
  ! grep -rq 'g[hl]-token' "$dir/state" || { echo "a token is in a repository"; return 1; }
  # What is rewritten, new or gone there is so here, and nothing is made twice.
  git -C "$dir/github/one" checkout --quiet --orphan other && commit "$dir/github/one" again && git -C "$dir/github/one" branch -qD main
  mirror "$dir" "$port" >/dev/null 2>&1
  heads=$(git -C "$dir/gitlab/one.git" for-each-ref --format='%(refname)')
  [ "$heads" = refs/heads/other ] || { echo "the second time the copy has $heads"; return 1; }
  [ "$(grep -c '^POST /api/v4/groups/7/variables' "$dir/calls")" = 2 ] || { echo "variables are made again"; return 1; }
  said "$dir/calls" 'PUT /api/v4/groups/7/variables/PASSWORD'
}
mirror_refused() {
  local output
  echo wrong >"$1/credentials/github"
  ! output=$(mirror "$1" "$2" 2>&1) && [[ $output == *"can't be listed"* ]]
}
mirroring() {
  local dir
  dir=$(fresh forge)
  make_forge "$dir"
  with_server forge "$dir" -- mirrors "$dir" && with_server forge "$dir" -- mirror_refused "$dir"
}

harbor_config() {
  local dir name first
  dir=$(fresh harbor)
  mkdir "$dir/bin"
  # A stand-in for the program that hashes: the password comes in a pipe.
  printf '#!/bin/sh\nread -r word; echo "$2:hash-of-$word"\n' >"$dir/bin/htpasswd"
  chmod +x "$dir/bin/htpasswd"
  echo 'pa$$ "word"' >"$dir/admin" && echo db >"$dir/database" && printf 0123456789abcdef >"$dir/key" && echo s3 >"$dir/storage"
  jq -n --arg dir "$dir" '{registry: {http: {addr: ":5000"}, storage: {s3: {bucket: "b"}}}} +
    ([["admin", "database", "key", "storage"][] | {(.): "\($dir)/\(.)"}] | add)' >"$dir/settings.json"
  prepare() { PATH=$dir/bin:$PATH KSS_OWNER=$(id -u):$(id -g) script harbor "$dir/settings.json" "$dir/out"; }
  prepare || return 1
  said "$dir/out/core.env" 'HARBOR_ADMIN_PASSWORD=pa$$ "word"' && said "$dir/out/database.env" POSTGRES_PASSWORD=db || return 1
  jq -e '.storage.s3 == {bucket: "b", secretkey: "s3"} and (.http.secret | length) == 32' "$dir/out/registry/config.yml" >/dev/null || return 1
  # Whom the registry believes, and the password by which core is known there.
  openssl x509 -in "$dir/out/registry/root.crt" -noout -pubkey | cmp - <(openssl pkey -in "$dir/out/core/private_key.pem" -pubout) || return 1
  said "$dir/out/registry/passwd" "harbor_registry_user:hash-of-$(sed -n 's/^REGISTRY_CREDENTIAL_PASSWORD=//p' "$dir/out/core.env")" || return 1
  for name in core jobservice registryctl; do
    [ "$(sed -n 's/^CORE_SECRET=//p' "$dir/out/$name.env")" = "$(sed -n 's/^CORE_SECRET=//p' "$dir/out/core.env")" ] || { echo "$name knows another secret"; return 1; }
  done
  [ "$(stat -c %a "$dir/out/core/key" "$dir/out/registry")" = $'400\n500' ] || { echo "others may read its files"; return 1; }
  first=$(cat "$dir/out/core.env")
  rm -rf "$dir/out" && prepare && [ "$first" != "$(cat "$dir/out/core.env")" ] || { echo "its secrets are the same again"; return 1; }
  echo short >"$dir/key"
  ! prepare 2>/dev/null || { echo "a short key is accepted"; return 1; }
}

caches() {
  local dir=$1 port=$2
  CREDENTIALS_DIRECTORY=$dir/credentials RUNTIME_DIRECTORY=$dir/run KSS_WAIT=0 script harbor-caches "http://127.0.0.1:$port" "$dir/wanted.json"
}
caches_twice() {
  local dir=$1 port=$2
  caches "$dir" "$port" || return 1
  said "$dir/calls" '"self_registration": false' && said "$dir/calls" '"robot_name_prefix": "robot_"' || return 1
  said "$dir/calls" '"access_secret": "pull\"word"' || return 1
  # `io` is in the name of another one, which must not be taken for it.
  tr -d '\n ' <"$dir/calls" | grep -q '"project_name":"io","registry_id":2,"metadata":{"public":"false"}' || { cat "$dir/calls"; return 1; }
  caches "$dir" "$port" || return 1
  [ "$(grep -c '^POST' "$dir/calls")" = 4 ] || { echo "something is made twice"; cat "$dir/calls"; return 1; }
  said "$dir/calls" 'PUT /api/v2.0/registries/1'
}
caches_refused() { ! caches "$1" "$2" >/dev/null 2>&1; }
caching() {
  local dir
  dir=$(fresh caches)
  mkdir "$dir/credentials" "$dir/run"
  echo 'ad"mi\n' >"$dir/credentials/admin" && echo 'pull"word' >"$dir/credentials/cache-docker.io"
  jq -n '{robotPrefix: "robot_", caches: {"docker.io": {provider: "docker-hub", url: "https://hub.docker.com", public: true, user: "mary", credential: "cache-docker.io"},
    io: {provider: "docker-registry", url: "https://io", public: false, user: null, credential: null}}}' >"$dir/wanted.json"
  with_server harbor "$dir" 'ad"mi\n' -- caches_twice "$dir" || return 1
  with_server harbor "$dir" other -- caches_refused "$dir" || { echo "a wrong password is no failure"; return 1; }
  with_server harbor "$dir" 'ad"mi\n' sick -- caches_refused "$dir" || { echo "a sick Harbor is no failure"; return 1; }
}

ziti_pki() { script ziti-pki "$1/pki" ziti.lan "$(id -u)"; }
certificates_of_ziti() {
  local dir before
  dir=$(fresh pki)
  ziti_pki "$dir" || return 1
  openssl verify -CAfile "$dir/pki/root.pem" -untrusted "$dir/pki/intermediate.pem" -purpose sslserver -verify_hostname ziti.lan "$dir/pki/server.chain.pem" >/dev/null || return 1
  openssl verify -CAfile "$dir/pki/root.pem" -untrusted "$dir/pki/intermediate.pem" -purpose sslclient "$dir/pki/client.chain.pem" >/dev/null || return 1
  [ "$(grep -c BEGIN "$dir/pki/server.chain.pem")$(grep -c BEGIN "$dir/pki/cas.pem")" = 22 ] || { echo "the chains are not whole"; return 1; }
  before=$(cat "$dir"/pki/*.pem)
  ziti_pki "$dir" && [ "$before" = "$(cat "$dir"/pki/*.pem)" ] || { echo "a second run changes them"; return 1; }
  # One that ends soon is made anew, by the same key and the same authorities.
  openssl req -x509 -key "$dir/pki/server.key" -subj /CN=x -days 30 -out "$dir/pki/server.chain.pem"
  before=$(cat "$dir/pki/cas.pem" "$dir/pki/client.chain.pem")
  ziti_pki "$dir" && [ "$before" = "$(cat "$dir/pki/cas.pem" "$dir/pki/client.chain.pem")" ] || return 1
  openssl verify -CAfile "$dir/pki/root.pem" -untrusted "$dir/pki/intermediate.pem" "$dir/pki/server.chain.pem" >/dev/null || { echo "it was not renewed"; return 1; }
}

ziti_database() {
  local dir
  dir=$(fresh database)
  mkdir "$dir/controller"
  make_podman "$dir" <<<"touch $dir/controller/ctrl.db; [ ! -e $dir/broken ]"
  database() { PATH=$dir/bin:$PATH script ziti-database image /config "$dir" 2171; }
  database || return 1
  said "$dir/calls" "controller edge init /etc/kss-ziti.yml --username admin --password $(cat "$dir/admin-password")" || return 1
  touch "$dir/broken"
  ! database && [ ! -e "$dir/controller/ctrl.db" ] || { echo "half a database is left behind"; return 1; }
}

# ziti_script NAME PORT ARGUMENT…: with what both scripts begin with.
ziti_script() {
  local name=$1 port=$2
  shift 2
  cat "$nix/scripts/ziti-api.sh" "$nix/scripts/$name.sh" >"$ziti/$name.sh"
  PATH=$ziti/bin:$PATH RUNTIME_DIRECTORY=$ziti/run KSS_WAIT=0 bash -euo pipefail "$ziti/$name.sh" "https://ziti.lan:$port" "$ziti/pki/cas.pem" "$@"
}
passwords_of_ziti() {
  local port=$1
  set_password() { ziti_script ziti-admin "$port" "$ziti/wanted" "$ziti/known"; }
  echo first >"$ziti/wanted" && echo made-up >"$ziti/known" && printf made-up >"$ziti/password"
  set_password && [ "$(cat "$ziti/password")" = first ] || { echo "the first password is not set"; return 1; }
  set_password && [ "$(grep -c '^PUT' "$ziti/calls")" = 1 ] || { echo "a second run sets it again"; return 1; }
  echo second >"$ziti/wanted"
  set_password && [ "$(cat "$ziti/password")" = second ] || { echo "another password is not set"; return 1; }
  printf foreign >"$ziti/password" && echo third >"$ziti/wanted"
  ! set_password 2>"$ziti/said" && said "$ziti/said" "neither the password in $ziti/wanted nor the last one" || return 1
}
routers_of_ziti() {
  local port=$1
  enrol() { ziti_script ziti-enrol "$port" "$ziti/wanted" support-router '["support"]' image /config "$ziti/router" ziti.lan "$(id -u)"; }
  echo right >"$ziti/wanted" && printf right >"$ziti/password"
  enrol && [ "$(cat "$ziti/enrolled")" = first-token ] || { echo "the router has no identity"; return 1; }
  tr -d '\n ' <"$ziti/calls" | grep -q '{"name":"support-router","roleAttributes":\["support"\],"isTunnelerEnabled":true}' || return 1
  # Its identity is lost, the controller still knows it.
  enrol && [ "$(cat "$ziti/enrolled")" = second-token ] || { echo "the router is not enrolled again"; return 1; }
  mkdir -p "$ziti/router" && touch "$ziti/router/router.cert" "$ziti/broken"
  ! enrol && [ ! -e "$ziti/router/router.cert" ] || { echo "half an identity is left behind"; return 1; }
}
controllers_of_ziti() {
  ziti=$(fresh ziti)
  mkdir "$ziti/run"
  # The token is where the container would see it.
  make_podman "$ziti" <<<"cat $ziti/run/router.jwt >$ziti/enrolled; [ ! -e $ziti/broken ]"
  ziti_pki "$ziti" && with_server ziti "$ziti" -- "$@"
}

# Ruby with the few classes of GitLab that the script of the tokens speaks to.
tokens() {
  local dir
  dir=$(fresh tokens)
  mkdir "$dir/credentials"
  echo value-of-api >"$dir/credentials/api" && echo value-of-scm >"$dir/credentials/scm"
  echo '{"api": {"user": "root", "scopes": ["api"]}, "scm": {"user": "argocd", "scopes": ["read_api"]}}' >"$dir/wanted.json"
  KSS_TOKENS=$dir/wanted.json CREDENTIALS_DIRECTORY=$dir/credentials ruby "$here/tokens.rb" "$nix/scripts/gitlab-tokens.rb"
}

check_services() {
  check "a network of containers is made once for its addresses" networks
  check "upgrades of GitLab go from stop to stop" upgrades
  refuse "an upgrade that skips stops is refused" "first comes 17.11, then 18.2, then 18.5" skipped_stop
  refuse "data of a newer GitLab is refused" "the data is that of GitLab 18.8.2, which 18.5.1 can't read" downgrade
  check "repositories are copied, and no token is left in one" mirroring
  check "Harbor's parts know each other, and nobody else does" harbor_config
  check "caches of other registries are made once" caching
  check "OpenZiti's certificates are made once and renewed" certificates_of_ziti
  check "OpenZiti's database is whole or not there" ziti_database
  check "OpenZiti's administrator has the password that is wanted" controllers_of_ziti passwords_of_ziti
  check "OpenZiti's router gets its identity, again if it is lost" controllers_of_ziti routers_of_ziti
  if command -v ruby >/dev/null; then
    check "tokens of GitLab have the values that are given" tokens
  else
    echo "left out: tokens of GitLab, which need \`ruby\`"
  fi
}
