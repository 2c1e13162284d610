# Shared by the scripts: where the tree is, and what a Debian 12 or 13 machine must have. Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
jobs=${JOBS:-$(nproc)}

# Debian 12's own Boost is 1.74, and 1.81 beside it; from Debian 13 on the one it has will do.
boost=''
[ "$(. /etc/os-release 2>/dev/null && echo "${VERSION_ID:-}")" != 12 ] || boost=1.81
build_packages="g++ cmake ninja-build pkg-config libquickfix-dev libboost$boost-dev libboost-json$boost-dev libboost-url$boost-dev libssl-dev libcurl4-openssl-dev zlib1g-dev libdeflate-dev libfmt-dev libspdlog-dev libcli11-dev libsqlite3-dev libpq-dev libnats-dev libtomlplusplus-dev ca-certificates"
test_packages="libgtest-dev libgmock-dev libbenchmark-dev libyaml-cpp-dev mold nats-server postgresql"
# Its package begins a service where there is something to begin one.
[ -d /run/systemd/system ] || test_packages="$test_packages pgbouncer"

# A heading; bold where a person looks on, plain text in files, under NO_COLOR and on dumb terminals.
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then bold=$'\033[1m' plain=$'\033[0m'; else bold='' plain=''; fi
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

# with_signs_of_life WHAT COMMAND...: its output where a person looks on; else into a log, with a line every ten seconds, and the log's end
# where it fails.
with_signs_of_life() {
  local what=$1 log=/tmp/marginfix-apt.log
  shift
  if [ -t 1 ]; then "$@" && return 0 || return 1; fi
  "$@" >"$log" 2>&1 &
  local job=$! began=$SECONDS told=$SECONDS
  while kill -0 "$job" 2>/dev/null; do
    sleep 1
    [ $((SECONDS - told)) -lt 10 ] && continue
    told=$SECONDS
    echo "$what: $((SECONDS - began)) s, $(tail -n 1 "$log" | cut -c1-100)"
  done
  wait "$job" || { tail -n 20 "$log" >&2; return 1; }
}

# install PACKAGE...: installs those that are missing; says what to do where it may not.
install() {
  command -v dpkg-query >/dev/null || { echo "not a Debian system: install the equivalents of: $*" >&2; return 0; }
  local missing=()
  for p in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$p" 2>/dev/null)" = "install ok installed" ] || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "Installing ${missing[*]}"
  local sudo=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "run as root, or: apt-get install ${missing[*]}" >&2; exit 1; }
    sudo=sudo
  fi
  echo "(apt; a minute or two, about 1 GB on a bare Debian)"
  with_signs_of_life "apt-get update" $sudo apt-get update -q || exit 1
  # Tests start servers of their own: PostgreSQL's package makes no cluster, and in a chroot without systemd no package leaves a server running.
  local clusters=/etc/postgresql-common/createcluster.conf policy=/usr/sbin/policy-rc.d own_policy="" failed=""
  case " ${missing[*]} " in *" postgresql "*)
    [ -e $clusters ] || { $sudo mkdir -p "${clusters%/*}"; echo "create_main_cluster = false" | $sudo tee $clusters >/dev/null; } ;;
  esac
  if [ ! -d /run/systemd/system ] && [ ! -e $policy ]; then
    own_policy=1
    printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
    $sudo chmod +x $policy
  fi
  with_signs_of_life "apt-get install" $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" || failed=1
  [ -z "$own_policy" ] || $sudo rm -f $policy
  [ -z "$failed" ] || exit 1
}

# tell_skipped JUNIT_FILE: how many tests were skipped and why, each reason once with its count. A ctest test may be a whole suite of
# GoogleTest, of which some cases are skipped and the others passed.
tell_skipped() {
  [ -f "$1" ] || return 0
  awk '
    function ended() { if (skipped && !told) { ++count; if (reason != "") ++why[reason] }; skipped = told = wants = 0; reason = "" }
    /<testcase / { ended() }
    /<skipped/ { skipped = 1 }
    wants && NF { gsub(/&quot;/, "\""); gsub(/&apos;|&#39;/, "'"'"'"); gsub(/&lt;/, "<"); gsub(/&gt;/, ">"); gsub(/&amp;/, "\\&"); reason = $0; wants = 0 }
    /: Skipped *$/ { wants = 1 }
    /^\[  SKIPPED \].*\([0-9]+ ms\)/ { ++count; told = 1; if (reason != "") ++why[reason]; reason = "" }
    END {
      ended()
      if (count == 0) { print "No test was skipped."; exit }
      printf "%d test%s skipped:\n", count, count == 1 ? " was" : "s were"
      for (reason in why) printf "  %d: %s\n", why[reason], reason
    }' "$1"
}

# launcher: ccache where the machine has it, nothing otherwise.
launcher() { command -v ccache >/dev/null && echo "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache" || true; }
