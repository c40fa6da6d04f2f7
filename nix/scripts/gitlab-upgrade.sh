# kss-gitlab-upgrade FILE VERSION [STOP…]: may GitLab VERSION start on the data of the version that FILE names?
#
# A STOP is a version of two numbers, `18.2`. Data that is newer than the package, and a stop between the two, are failures:
# GitLab would migrate its database all the same and lose what the stop would have done.
file=$1 new=$2
shift 2
if [ ! -s "$file" ]; then exit 0; fi
old=$(head -n 1 "$file")
old=${old%%-*}

# series VERSION: its first two numbers.
series() { cut -d . -f 1,2 <<<"$1"; }
# older A B: is A older than B?
older() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort --version-sort | head -n 1)" = "$1" ]; }

if older "$(series "$new")" "$(series "$old")"; then
  echo "the data is that of GitLab $old, which $new can't read" >&2
  exit 1
fi
skipped=
while IFS= read -r stop; do
  if [ -n "$stop" ] && older "$(series "$old")" "$stop" && older "$stop" "$(series "$new")"; then
    skipped=${skipped:+$skipped, then }$stop
  fi
done < <(printf '%s\n' "$@" | sort --version-sort)
if [ -n "$skipped" ]; then
  echo "GitLab can't go from $old to $new at once: first comes $skipped" >&2
  exit 1
fi
