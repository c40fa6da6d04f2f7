# Uploads each SBOM report of the cluster to Dependency-Track. One that fails doesn't keep the others away, but the job fails.
set -eu
bom=/tmp/bom.json
body=/tmp/body.json
failed=/tmp/failed
rm -f "$failed"

kubectl get sbomreports.aquasecurity.github.io --all-namespaces \
  --output jsonpath='{range .items[*]}{.metadata.namespace}{" "}{.metadata.name}{"\n"}{end}' > /tmp/reports

while read -r namespace name; do
  [ -n "$namespace" ] || continue
  if ! kubectl --namespace "$namespace" get sbomreports.aquasecurity.github.io "$name" --output json > "$bom"; then
    echo "$namespace/$name: gone"
    continue
  fi
  if ! jq --exit-status '.report.components.components | length > 0' "$bom" > /dev/null; then
    echo "$namespace/$name: nothing in it"
    continue
  fi
  jq --arg project "$namespace/$name" '{
    projectName: $project,
    projectVersion: (.report.artifact.tag // .report.artifact.digest // "unknown"),
    autoCreate: true,
    bom: (.report.components | tojson | @base64)
  }' "$bom" > "$body"
  if curl --silent --show-error --fail --output /dev/null --request PUT --header "X-Api-Key: $API_KEY" \
    --header 'Content-Type: application/json' --data-binary "@$body" "$API_URL/api/v1/bom"; then
    echo "$namespace/$name: uploaded"
  else
    echo "$namespace/$name: refused"
    touch "$failed"
  fi
done < /tmp/reports

[ ! -e "$failed" ]
