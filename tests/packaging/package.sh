#!/usr/bin/env bash
# Packs the build as a Debian package: package.sh BUILD SCRATCH VERSION CPACK. It holds what it should, belongs to root, and
# says of itself what dpkg needs.
set -euo pipefail
build=$1 scratch=$2 version=$3 cpack=$4
fail() { echo "$*" >&2; exit 1; }
rm -rf "$scratch" && mkdir -p "$scratch"
# zstd or xz would take as long again; this is a test of what is inside.
(cd "$build" && "$cpack" -G DEB -B "$scratch" -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip) >"$scratch/log" 2>&1 || fail "$(cat "$scratch/log")"
package=$(echo "$scratch"/dln_"$version"*.deb)
[ -f "$package" ] || fail "no package: $(ls "$scratch")"

contents=$(dpkg-deb --contents "$package")
for file in bin/dln lib/libdln_theory.a lib/libdln_experiments.a include/dln/theory/three_layer_mode.hpp lib/cmake/dln/dlnConfig.cmake \
  lib/cmake/dln/dlnConfigVersion.cmake lib/pkgconfig/dln.pc share/man/man1/dln.1.gz share/bash-completion/completions/dln \
  share/doc/dln/copyright share/doc/dln/changelog.gz share/dln/examples/eq10.toml share/dln/examples/programs/depth.cpp share/dln/examples/sweeps/fig4.toml; do
  grep -q " \./usr/$file\$" <<<"$contents" || fail "the package has no /usr/$file"
done
grep -v ' root/root ' <<<"$contents" && fail "not root's"
grep -E '^.....w|^........w' <<<"$contents" && fail "others may write these"
grep -v ' \./\(usr/.*\)\?$' <<<"$contents" && fail "outside /usr"

field() { dpkg-deb --field "$package" "$1"; }
[ "$(field Package)" = dln ] || fail "Package: $(field Package)"
[[ $(field Version) == "$version"* ]] || fail "Version: $(field Version)"
[ "$(field Architecture)" = "$(dpkg --print-architecture)" ] || fail "Architecture: $(field Architecture)"
[ "$(field Section)" = science ] || fail "Section: $(field Section)"
[[ $(field Maintainer) == *@* ]] || fail "Maintainer: $(field Maintainer)"
[ -n "$(field Description)" ] || fail "no Description"
if command -v dpkg-shlibdeps >/dev/null && command -v file >/dev/null; then
  for library in libc6 libstdc++6 libfmt libtbb zlib1g libzip; do
    field Depends | grep -q "$library" || fail "Depends: $(field Depends), without $library"
  done
fi

# What is packed runs where it is unpacked, and the copyright says whose licence the program is under.
dpkg-deb --extract "$package" "$scratch/root"
[ "$("$scratch/root/usr/bin/dln" --version)" = "dln $version" ] || fail "the packed dln does not run"
copyright=$scratch/root/usr/share/doc/dln/copyright
grep -q '^License: Expat' "$copyright" || fail "no licence in the copyright"
if ldd "$scratch/root/usr/bin/dln" | grep -q libginac; then
  grep -q 'GNU General Public License' "$copyright" || fail "GiNaC is linked and the copyright does not say what follows"
fi
