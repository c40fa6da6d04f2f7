# The scripts that the library installs, run against stand-ins. Sourced by `run`, which has `$nix`, `$work` and `check`.

# script NAME ARGUMENT…: runs it as the units do.
script() {
  local name=$1
  shift
  bash -euo pipefail "$nix/scripts/$name.sh" "$@"
}

# Starts a process that looks like the shim of a container; prints its id.
shim() {
  bash -c 'exec -a "$1/data/v1/bin/containerd-shim-runc-v2" bash -c "sleep 60 & wait" shim -namespace k8s.io -id "$2"' _ "$work/rke2" "$1" >/dev/null 2>&1 &
  echo $!
}

# alive PID: a zombie that nobody has waited for is not.
alive() { [ -e "/proc/$1/status" ] && ! grep -q '^State:.*Z' "/proc/$1/status"; }

shims() {
  local kept lost child
  mkdir -p "$work/tasks/kept" "$work/rke2"
  kept=$(shim kept) lost=$(shim lost)
  sleep 0.3
  read -r child <"/proc/$lost/task/$lost/children"
  script reap-shims "$work/rke2" "$work/tasks" >/dev/null || return 1
  sleep 0.2
  alive "$kept" || { echo "the container that containerd knows was ended"; return 1; }
  ! alive "$lost" || { echo "the container that nobody knows is still there"; return 1; }
  ! alive "$child" || { echo "what it ran is still there"; return 1; }
  pkill -P "$kept"
  kill "$kept"
}

certificates() {
  local bundle=$work/trust/bundle.crt
  echo "SYSTEM" >"$work/system.crt"
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=site -keyout /dev/null -out "$work/ca.crt" 2>/dev/null || return 1
  script trust "$work/missing" "$work/system.crt" "$bundle" >/dev/null || return 1
  [ "$(cat "$bundle")" = SYSTEM ] || { echo "before the delivery the bundle is not that of the system"; return 1; }
  script trust "$work/ca.crt" "$work/system.crt" "$bundle" || return 1
  cmp <(cat "$work/system.crt" <(echo) "$work/ca.crt") "$bundle" || return 1
  echo garbage >"$work/bad.crt"
  ! script trust "$work/bad.crt" "$work/system.crt" "$bundle" 2>/dev/null || { echo "garbage was accepted"; return 1; }
  grep -q CERTIFICATE "$bundle" || { echo "garbage replaced the bundle"; return 1; }
  [ "$(ls "$work/trust")" = bundle.crt ] || { echo "a temporary file was left behind"; return 1; }
}

# A server that answers as OpenBao does and writes down what it is sent.
bao='
import http.server, json, sys

class Bao(http.server.BaseHTTPRequestHandler):
    sealed, initialized = True, sys.argv[1] == "initialized"

    def answer(self):
        body = json.dumps({"sealed": Bao.sealed, "initialized": Bao.initialized, "progress": 1, "t": 2}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = answer

    def do_PUT(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Bao.sealed = sent != {"key": "right+key="}
        self.answer()

    def log_message(self, *words):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Bao)
print(server.server_port, flush=True)
server.serve_forever()
'

# with_bao STATE COMMAND…: runs the command with the address of such a server behind it.
with_bao() {
  local state=$1 port server result
  shift
  coproc BAO { exec python3 -c "$bao" "$state"; }
  server=$BAO_PID
  read -r port <&"${BAO[0]}"
  "$@" "http://127.0.0.1:$port"
  result=$?
  kill "$server"
  wait "$server" 2>/dev/null
  return $result
}

unseal_with() {
  echo "$1" >"$work/unseal.key"
  KSS_WAIT=0 script openbao-unseal "$2" "$work/unseal.key" 2>&1
}
unseals() { [[ $(unseal_with right+key= "$1") == *"is unsealed now" ]] && [[ $(unseal_with right+key= "$1") == *"is unsealed" ]]; }
wrong_key() { local said; ! said=$(unseal_with wrong "$1") && [[ $said == *"is still sealed: 1 of 2 keys" ]]; }
not_initialised() { local said; ! said=$(unseal_with right+key= "$1") && [[ $said == *"is not initialised"* ]]; }
no_answer() { local said; ! said=$(unseal_with right+key= http://127.0.0.1:1) && [[ $said == *"does not answer"* ]]; }

# A stand-in for MinIO's client: writes down its arguments and what it reads. With `attached` the policy is there already.
make_mc() {
  mkdir -p "$work/mc"
  cat >"$work/mc/mc" <<'MC'
#!/bin/sh
echo "mc $*" >>"$MC_CONFIG_DIR/calls"
case "$*" in
  "admin user add"*) sed 's/^/< /' >>"$MC_CONFIG_DIR/calls" ;;
  "admin policy attach"*) [ ! -e "$MC_CONFIG_DIR/attached" ] || { echo "mc: <ERROR> already in effect" >&2; exit 1; } ;;
  "admin user info"*) echo '{"policyName":"readonly,bucket-loki"}' ;;
esac
MC
  chmod +x "$work/mc/mc"
}

apply_buckets() {
  : >"$work/mc/calls"
  PATH=$work/mc:$PATH MC_CONFIG_DIR=$work/mc MINIO_ROOT_USER=admin MINIO_ROOT_PASSWORD='a/b:c' KSS_WAIT=0 \
    script minio-buckets :9000 "$work/buckets.json"
}

buckets() {
  make_mc
  echo top-secret >"$work/loki.secret"
  jq -n --arg secret "$work/loki.secret" '{loki: {versioning: true, expireDays: 30, quotaMiB: null, user: "loki", secretFile: $secret}}' >"$work/buckets.json"
  apply_buckets || return 1
  local call
  for call in "mc mb --quiet --ignore-existing kss/loki" "mc version enable kss/loki" "mc ilm rule add --expire-days 30 kss/loki" \
    "mc quota clear kss/loki" "< loki" "< top-secret" "mc admin policy attach kss bucket-loki --user loki"; do
    grep -qFx "$call" "$work/mc/calls" || { echo "missing: $call"; cat "$work/mc/calls"; return 1; }
  done
  ! grep '^mc .*top-secret' "$work/mc/calls" || { echo "a secret is an argument"; return 1; }
  jq -e '.Statement[1].Resource == ["arn:aws:s3:::loki/*"]' "$work/mc/policy.json" >/dev/null || return 1
  touch "$work/mc/attached"
  apply_buckets || { echo "a second run fails"; return 1; }
}

another_policy() {
  sed -i 's/bucket-loki"}/bucket-other"}/' "$work/mc/mc"
  ! apply_buckets 2>/dev/null
}

check_scripts() {
  check "shims are ended when no containerd knows them" shims
  check "certificates are joined, and garbage is refused" certificates
  check "OpenBao is unsealed, once" with_bao initialized unseals
  check "a wrong unseal key is a failure" with_bao initialized wrong_key
  check "a server that nobody initialised is a failure" with_bao fresh not_initialised
  check "a server that does not answer is a failure" no_answer
  check "buckets get accounts of their own, and no secret is an argument" buckets
  check "a policy that can't be attached is a failure" another_policy
}
