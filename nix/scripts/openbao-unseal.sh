# kss-openbao-unseal ADDRESS KEY_FILE: unseals the server at ADDRESS, unless it is unsealed already.
#
# A server that never answers, that nobody initialised or that refuses the key is a failure. The key goes through a pipe: neither
# the list of processes nor the journal sees it.
address=$1 key=$2

status() { curl --silent --show-error --fail --max-time 5 "$address/v1/sys/seal-status"; }

for attempt in $(seq 60); do
  if answer=$(status 2>&1); then break; fi
  if [ "$attempt" = 60 ]; then
    echo "$address does not answer: $answer" >&2
    exit 1
  fi
  sleep "${KSS_WAIT:-2}"
done

if [ "$(jq -r .initialized <<<"$answer")" != true ]; then
  echo "$address is not initialised, though there is an unseal key: is it the key of another server?" >&2
  exit 1
fi
if [ "$(jq -r .sealed <<<"$answer")" = false ]; then
  echo "$address is unsealed"
  exit 0
fi
answer=$(jq -Rn '{key: (input | rtrimstr("\r"))}' "$key" |
  curl --silent --show-error --fail-with-body --max-time 30 --request PUT --data @- "$address/v1/sys/unseal")
if [ "$(jq -r .sealed <<<"$answer")" != false ]; then
  echo "$address is still sealed: $(jq -r '"\(.progress) of \(.t) keys"' <<<"$answer")" >&2
  exit 1
fi
echo "$address is unsealed now"
