# Sourced by report.sh and test.sh: what dln needs on Debian, installed once, and the build of it.
# Expects `root` to be the folder of the project.

packages=(
  cmake g++ ninja-build ccache git
  libboost-dev libboost-iostreams-dev libboost-filesystem-dev libboost-system-dev
  libbenchmark-dev libcli11-dev libeigen3-dev libfmt-dev libgnuplot-iostream-dev libgmock-dev libgtest-dev
  libginac-dev libopenmpi-dev libspectra-dev libtbb-dev libtomlplusplus-dev libzip-dev nlohmann-json3-dev pkg-config zlib1g-dev
  gnuplot-nox openmpi-bin dataset-fashion-mnist
)

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

install_packages() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "this script installs Debian packages and found no apt-get; install the equivalents of: ${packages[*]}; then build with cmake --preset release"
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing and only root can install them: ${missing[*]}; run as root or install sudo"
    as_root=(sudo)
  fi
  echo "Installing ${#missing[@]} packages: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
    fail "apt-get could not update its lists; check the network and the package sources"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install: ${missing[*]}; its own message is above"
}

# build [target...]: configures the release preset and builds the targets, everything when none is named.
build() {
  local target arguments=()
  for target in "$@"; do arguments+=(--target "$target"); done
  echo "Building in $root/build (the first time takes a few minutes)"
  (cd "$root" && cmake --preset release >/dev/null && cmake --build build "${arguments[@]}") ||
    fail "the build failed; the compiler's own message is above"
}
