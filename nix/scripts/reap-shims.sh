# kss-reap-shims DATA TASKS: ends containers that no containerd can adopt.
#
# DATA is the data directory of RKE2, under which its shims run; TASKS is where containerd keeps the state of what it runs.
# A shim whose state is there is adopted by the next containerd and is left alone. A shim without state is a container that
# nobody knows any more and that keeps its ports: all that it runs is ended first, by control group, then the shim.
data=$1 tasks=$2

# end_child PID: ends a child of a shim, with all that lives in the control group of its pod.
end_child() {
  local group
  group=$(sed -n 's/^0:://p' "/proc/$1/cgroup" 2>/dev/null) || return 0
  case $group in
    */kubepods*) echo 1 >"/sys/fs/cgroup$group/cgroup.kill" || kill -KILL "$1" || true ;;
    *) kill -KILL "$1" || true ;;
  esac
}

for file in /proc/[0-9]*/cmdline; do
  pid=${file#/proc/} pid=${pid%/cmdline} words=()
  mapfile -d '' -t words 2>/dev/null <"$file" || continue
  case ${words[0]:-} in
    "$data"/data/*/bin/containerd-shim*) ;;
    *) continue ;;
  esac
  id=
  for ((i = 1; i + 1 < ${#words[@]}; i++)); do
    if [ "${words[i]}" = -id ]; then id=${words[i + 1]}; fi
  done
  if [ -z "$id" ] || [ -d "$tasks/$id" ]; then continue; fi
  echo "container $id is unknown to containerd: ending it"
  for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true); do end_child "$child"; done
  kill -KILL "$pid" || true
done
