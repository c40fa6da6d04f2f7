# kss-github-mirror WANTED: copies the repositories of an organisation of GitHub into a group of GitLab, as the JSON file WANTED
# says. Tokens are credentials of the unit; they go through pipes and files of this run only, never through arguments, and into
# no repository. What one repository lacks keeps no other waiting, and is a failure at the end.
wanted=$1
state=$STATE_DIRECTORY run=$RUNTIME_DIRECTORY

want() { jq -r "$1 // \"\"" "$wanted"; }
organisation=$(want .organisation) github=$(want .api) gitlab=$(want .gitlab.url)/api/v4 group=$(want .gitlab.group)
visibility=$(want .visibility) ci=$(want .ciConfig)

printf 'PRIVATE-TOKEN: %s\n' "$(cat "$CREDENTIALS_DIRECTORY/gitlab")" >"$run/gitlab.header"
: >"$run/github.header"
if [ -e "$CREDENTIALS_DIRECTORY/github" ]; then
  printf 'Authorization: Bearer %s\n' "$(cat "$CREDENTIALS_DIRECTORY/github")" >"$run/github.header"
fi
# Git asks for a name and a password; which token it is, is told by the environment.
cat >"$run/askpass" <<'ASK'
#!/bin/sh
case $1 in Username*) echo oauth2 ;; *) cat "$KSS_TOKEN" ;; esac
ASK
chmod 0700 "$run/askpass"
export GIT_ASKPASS=$run/askpass GIT_TERMINAL_PROMPT=0 GIT_CONFIG_NOSYSTEM=1 HOME=$run

ask() { curl --silent --show-error --fail-with-body --max-time 60 --retry 2 --header "@$run/$1.header" "${@:2}"; }
# call METHOD PATH: sends the JSON of its input to GitLab.
call() { ask gitlab --request "$1" --header 'Content-Type: application/json' --data @- "$gitlab/$2"; }
# there PATH FILE: is it there? It is in FILE then; an answer but yes and no is a failure.
there() {
  local code
  code=$(curl --silent --show-error --max-time 60 --retry 2 --header "@$run/gitlab.header" --output "$2" --write-out '%{http_code}' "$gitlab/$1")
  case $code in
    200) return 0 ;;
    404) return 1 ;;
    *)
      echo "GitLab answers $code to $1: $(cat "$2")" >&2
      exit 1
      ;;
  esac
}

if ! there "groups/$group" "$run/group.json"; then
  # Nothing is protected from being overwritten: what counts is at GitHub.
  jq -n --arg path "$group" --arg visibility "$visibility" '{$path, name: $path, $visibility, default_branch_protection: 0}' |
    call POST groups >"$run/group.json"
fi
group_id=$(jq -r .id "$run/group.json")

# Updated where they stand, so that no job meets a moment without them.
while IFS= read -r name; do
  value=$run/value
  credential=$(jq -r --arg name "$name" '.variables[$name].credential // ""' "$wanted")
  if [ -n "$credential" ]; then
    printf %s "$(cat "$CREDENTIALS_DIRECTORY/$credential")" >"$value"
  else
    jq -j --arg name "$name" '.variables[$name].value' "$wanted" >"$value"
  fi
  jq -n --arg key "$name" --rawfile value "$value" --slurpfile wanted "$wanted" \
    '{$key, $value, masked: $wanted[0].variables[$key].masked, protected: false, raw: true}' >"$run/variable.json"
  if there "groups/$group_id/variables/$name" "$run/answer"; then
    call PUT "groups/$group_id/variables/$name" <"$run/variable.json" >/dev/null
  else
    call POST "groups/$group_id/variables" <"$run/variable.json" >/dev/null
  fi
done < <(jq -r '.variables | keys[]' "$wanted")

: >"$run/repositories"
page=1
while ask github "$github/orgs/$organisation/repos?per_page=100&page=$page" >"$run/page.json" &&
  [ "$(jq length "$run/page.json")" -gt 0 ]; do
  jq -r --slurpfile wanted "$wanted" '.[] | select((.archived and $wanted[0].skipArchived or .fork and $wanted[0].skipForks) | not)
    | [.name, .clone_url, .description // ""] | @tsv' "$run/page.json" >>"$run/repositories"
  page=$((page + 1))
done
# The loop ends at an error as well.
jq -e 'type == "array" and length == 0' "$run/page.json" >/dev/null || {
  echo "the repositories of $organisation can't be listed: $(cat "$run/page.json")" >&2
  exit 1
}

# copy NAME URL DESCRIPTION: in a process of its own, so that the first failure ends it and nothing else.
copy() {
  local name=$1 url=$2 description=$3 bare=$state/$1.git project=$run/project.json to
  case $name in
    "" | .* | -* | *[!A-Za-z0-9._-]*)
      echo "$name is no name that GitLab takes" >&2
      return 1
      ;;
  esac
  if ! there "projects/$group%2F$name" "$project"; then
    jq -n --arg path "$name" --arg description "$description" --arg visibility "$visibility" --arg ci "$ci" --argjson namespace "$group_id" \
      '{$path, name: $path, $description, $visibility, namespace_id: $namespace} + (if $ci == "" then {} else {ci_config_path: $ci} end)' |
      call POST projects >"$project"
  elif [ "$(jq -r '.ci_config_path // ""' "$project")" != "$ci" ]; then
    jq -n --arg ci "$ci" '{ci_config_path: $ci}' | call PUT "projects/$(jq .id "$project")" >/dev/null
  fi
  to=$(jq -r .http_url_to_repo "$project")

  if [ ! -e "$bare/HEAD" ]; then git init --quiet --bare "$bare"; fi
  # Branches and tags: GitHub has references of pull requests beside them that nobody else may have.
  KSS_TOKEN=$CREDENTIALS_DIRECTORY/github git -C "$bare" fetch --quiet --prune --force "$url" \
    '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
  if [ -z "$(git -C "$bare" for-each-ref --count=1)" ]; then return 0; fi
  KSS_TOKEN=$CREDENTIALS_DIRECTORY/gitlab git -C "$bare" push --quiet --prune --force "$to" \
    '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
}

failed=
while IFS=$'\t' read -r name url description; do
  set +e
  (
    set -e
    copy "$name" "$url" "$description"
  )
  status=$?
  set -e
  if [ "$status" != 0 ]; then failed="$failed $name"; fi
done <"$run/repositories"
if [ -n "$failed" ]; then
  echo "not copied:$failed" >&2
  exit 1
fi
