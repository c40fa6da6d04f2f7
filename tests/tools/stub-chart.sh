#!/usr/bin/env bash
# Makes a chart that takes the values of a real one and prints them: `helm template` then checks values against the schema of
# the real chart, and shows what it understood, without the chart.
#
#   tests/tools/stub-chart.sh NAME VERSION SCHEMA DIR
#
# SCHEMA is a JSON Schema for the values. `helm template RELEASE DIR -f VALUES` exits 1 when they don't fit, and otherwise
# prints one ConfigMap whose `data.values` is the JSON of the values.
set -euo pipefail

[ $# = 4 ] || { echo "usage: stub-chart.sh NAME VERSION SCHEMA DIR" >&2; exit 2; }
name=$1 version=$2 schema=$3 dir=$4
stub=$(cd "$(dirname "${BASH_SOURCE[0]}")/../charts/stub" && pwd)

mkdir -p "$dir/templates"
cp "$stub/templates/values.yaml" "$dir/templates/"
cp "$schema" "$dir/values.schema.json"
sed -e "s/^name: .*/name: $name/" -e "s/^version: .*/version: $version/" "$stub/Chart.yaml" >"$dir/Chart.yaml"
