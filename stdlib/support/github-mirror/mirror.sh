#!/usr/bin/env bash
# Copies every repository of a GitHub organisation into a group of GitLab: branches and tags, as they are. Archived repositories
# and forks stay where they are. Tokens come from files and go through standard input, so no list of processes shows them.
set -euo pipefail

: "${GITHUB_ORGANISATION:?}" "${GITHUB_TOKEN_FILE:?}" "${GITLAB_URL:?}" "${GITLAB_TOKEN_FILE:?}" "${GITLAB_GROUP:?}" "${CI_CONFIG:?}"
cd "${STATE_DIRECTORY:?}"

# header NAME FILE PREFIX: a header with the content of a file, as curl reads it from standard input.
header() { printf '%s: %s%s\n' "$1" "$3" "$(<"$2")"; }
github() { header Authorization "$GITHUB_TOKEN_FILE" "Bearer " | curl --silent --show-error --fail --max-time 60 --header @- "https://api.github.com$1"; }
gitlab() {
  local method=$1 path=$2
  shift 2
  header PRIVATE-TOKEN "$GITLAB_TOKEN_FILE" "" |
    curl --silent --show-error --fail-with-body --max-time 60 --request "$method" --header @- "$@" "$GITLAB_URL/api/v4$path"
}

# with_token FILE COMMAND…: git, which asks for a user and a password, gets the token as the latter.
with_token() {
  local file=$1
  shift
  TOKEN_FILE=$file GIT_TERMINAL_PROMPT=0 git -c credential.helper= \
    -c credential.helper='!f() { echo username=oauth2; printf "password=%s\n" "$(cat "$TOKEN_FILE")"; }; f' "$@"
}

repositories() {
  local page=1 names
  while :; do
    names=$(github "/orgs/$GITHUB_ORGANISATION/repos?per_page=100&page=$page")
    [ "$(jq length <<<"$names")" -gt 0 ] || return 0
    jq -r '.[] | select((.archived or .fork) | not) | .name' <<<"$names"
    page=$((page + 1))
  done
}

group=$(gitlab GET "/groups/$GITLAB_GROUP" | jq .id)
failed=0
while read -r name; do
  project="$GITLAB_GROUP%2F$name"
  settings=(--data-urlencode "ci_config_path=$CI_CONFIG")
  if now=$(gitlab GET "/projects/$project" 2>/dev/null); then
    if [ "$(jq -r .ci_config_path <<<"$now")" != "$CI_CONFIG" ]; then gitlab PUT "/projects/$project" "${settings[@]}" >/dev/null; fi
  else
    gitlab POST /projects --data-urlencode "name=$name" --data "namespace_id=$group&visibility=internal" "${settings[@]}" >/dev/null
  fi
  if [ ! -d "$name.git" ]; then git init --quiet --bare "$name.git"; fi
  if with_token "$GITHUB_TOKEN_FILE" -C "$name.git" fetch --quiet --prune "https://github.com/$GITHUB_ORGANISATION/$name.git" \
    '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' &&
    with_token "$GITLAB_TOKEN_FILE" -C "$name.git" push --quiet --mirror "$GITLAB_URL/$GITLAB_GROUP/$name.git"; then
    :
  else
    echo "$name was not copied" >&2
    failed=1
  fi
done < <(repositories)
exit "$failed"
