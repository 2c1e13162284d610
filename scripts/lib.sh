# Shared by the scripts: where the tree is, and what a Debian 12 machine must have. Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
jobs=${JOBS:-$(nproc)}

build_packages="g++ cmake ninja-build pkg-config libquickfix-dev libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev libcurl4-openssl-dev zlib1g-dev libfmt-dev libspdlog-dev libcli11-dev ca-certificates"
test_packages="libgtest-dev libgmock-dev libbenchmark-dev libyaml-cpp-dev clang-format-14 mold"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

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
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/marginfix-apt.log 2>&1 ||
    { tail -20 /tmp/marginfix-apt.log >&2; exit 1; }
}

# launcher: ccache where the machine has it, nothing otherwise.
launcher() { command -v ccache >/dev/null && echo "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache" || true; }
