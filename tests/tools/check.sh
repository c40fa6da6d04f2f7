#!/usr/bin/env bash
# Do the tools of the tests do what the tests rely on? Needs $KSS_TOOLS; a tool that is not there is passed over.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${KSS_TOOLS:?}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check NEEDS NAME COMMAND…
check() {
  local needs=$1 name=$2 output
  shift 2
  [ -x "$bin/$needs" ] || return 0
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED %s: %s\n%s\n' "$needs" "$name" "$output"
  fi
}

# reads READER… WANTED: the reader's answer to four documents.
reads() {
  local wanted=${*: -1} got
  echo '["a: no", "12:30:45", "a: 1\na: 2", "[\"no\", 1, null]"]' >"$work/documents.json"
  got=$("${@:1:$#-1}" "$work/documents.json" | python3 -c '
import json, sys
print(json.dumps([answer["ok"] if not answer.get("error") else "error" for answer in json.load(sys.stdin)]))')
  [ "$got" = "$wanted" ] || { echo "wanted $wanted, got $got"; return 1; }
}

chart() {
  echo '{"type":"object","additionalProperties":false,"properties":{"a":{"type":"integer"}}}' >"$work/schema.json"
  "$here/stub-chart.sh" loki 6.55.0 "$work/schema.json" "$work/chart" || return 1
  echo "a: $1" >"$work/values.yaml"
  "$bin/helm" template release "$work/chart" --namespace monitoring -f "$work/values.yaml"
}
chart_prints() { chart 3 | grep -F 'values: "{\"a\":3}"' && chart 3 | grep -F 'chart: "loki-6.55.0"'; }
chart_refuses() { ! chart '"text"'; }

overlay() {
  mkdir -p "$work/overlay"
  printf 'resources: [config.yaml]\n%s\n' "$1" >"$work/overlay/kustomization.yaml"
  printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' >"$work/overlay/config.yaml"
  "$bin/kustomize" build "$work/overlay"
}
overlay_builds() { overlay 'namespace: monitoring' | grep -Fx '  namespace: monitoring'; }
overlay_refuses() { ! overlay 'namespaces: monitoring'; }

plan() {
  mkdir -p "$work/tofu"
  echo "$1" >"$work/tofu/main.tf.json"
  (cd "$work/tofu" && unset TF_CLI_CONFIG_FILE && "$bin/tofu" init -backend=false -input=false >/dev/null && "$bin/tofu" validate)
}
plan_is_valid() { plan '{"variable":{"a":{"type":"string"}},"output":{"b":{"value":"${var.a}"}}}'; }
plan_is_refused() { ! plan '{"output":{"b":{"value":"${var.a}"}}}'; }

schemas() {
  mkdir -p "$work/schemas"
  echo '{"type":"object","additionalProperties":false,"properties":{"apiVersion":{},"kind":{},"metadata":{}}}' >"$work/schemas/configmap-v1.json"
  "$bin/kubeconform" -strict -schema-location "$work/schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json" "$1"
}
schemas_accept() { overlay '' >"$work/objects.yaml" && schemas "$work/objects.yaml"; }
schemas_refuse() { (overlay '' && echo 'dato: {}') >"$work/objects.yaml" && ! schemas "$work/objects.yaml"; }

network() {
  echo "<network><name>a</name>$1</network>" >"$work/network.xml"
  "$bin/virt-xml-validate" "$work/network.xml" network
}
network_is_valid() { network '<forward mode="nat"/>'; }
network_is_refused() { ! network '<forwad mode="nat"/>'; }

check virt-xml-validate "accepts a network" network_is_valid
check virt-xml-validate "refuses an unknown element" network_is_refused
check yaml11 "reads YAML 1.1" reads "$bin/yaml11" '[{"a": false}, 45045, "error", ["no", 1, null]]'
check goyaml "reads as Kubernetes does" reads "$bin/goyaml" kubernetes '[{"a": false}, "12:30:45", "error", ["no", 1, null]]'
check goyaml "reads as yaml.v3 does" reads "$bin/goyaml" v3 '[{"a": "no"}, "12:30:45", "error", ["no", 1, null]]'
check helm "a stub chart prints its values" chart_prints
check helm "a stub chart refuses what its schema refuses" chart_refuses
check kustomize "builds an overlay" overlay_builds
check kustomize "refuses an unknown field" overlay_refuses
check tofu "accepts a valid configuration" plan_is_valid
check tofu "refuses an undeclared variable" plan_is_refused
check kubeconform "accepts an object by a local schema" schemas_accept
check kubeconform "refuses an unknown field by a local schema" schemas_refuse
check nix-instantiate "evaluates without a store" "$bin/nix-instantiate" --store dummy:// --eval --expr '1 + 1'
check nvim "runs a script" "$bin/nvim" --clean -l /dev/null
check emacs "has Eglot" "$bin/emacs" --batch --eval '(require (quote eglot))'
check pre-commit "starts" "$bin/pre-commit" --version

echo "tools: $passed passed, $failed failed"
[ $failed = 0 ]
