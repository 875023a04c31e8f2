#!/usr/bin/env bash
# Makes a Debian package of a built program with dpkg-deb alone.
#
# usage: deb.sh BINARY FOLDER     with VERSION, MAINTAINER, COMPRESSION in the environment if need be
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$1
folder=$2
[ -x "$binary" ] || {
    echo "$binary is not there: build it first (make build)" >&2
    exit 1
}
if ldd "$binary" | grep -q 'libswiftCore'; then
    echo "$binary needs Swift's own libraries, which Debian does not have: build it with make build" >&2
    exit 1
fi
version=${VERSION:-$("$binary" --version)-1}
architecture=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
umask 022

DESTDIR=$root PREFIX=/usr packaging/install.sh install "$binary" >/dev/null
strip --strip-unneeded "$root/usr/bin/tapedeck"
documents=$root/usr/share/doc/tapedeck
mkdir -p "$documents"
install -m 644 README.md CHANGELOG.md SECURITY.md THIRD_PARTY.md "$documents"
mkdir "$documents/docs"
install -m 644 docs/*.md "$documents/docs"
packaging/licences.sh >"$documents/copyright"
printf 'tapedeck (%s) unstable; urgency=medium\n\n  * Built from source.\n\n -- %s  %s\n' "$version" \
    "${MAINTAINER:-Tapedeck <root@localhost>}" "$(date -R -d "@${SOURCE_DATE_EPOCH:-$(date +%s)}")" \
    | gzip -9n >"$documents/changelog.Debian.gz"

# The packages of the shared libraries that the program was linked with, with the versions that their symbols need.
depends=""
if command -v dpkg-shlibdeps >/dev/null; then
    mkdir -p "$root/debian"
    echo "Source: tapedeck" >"$root/debian/control"
    depends=$(cd "$root" && dpkg-shlibdeps -O usr/bin/tapedeck 2>/dev/null | sed -n 's/^shlibs:Depends=//p') || depends=""
    rm -rf "$root/debian"
fi
if [ -z "$depends" ]; then
    depends=$(ldd "$binary" | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | while read -r library; do
        dpkg-query -S "$(readlink -f "$library")" "$library" 2>/dev/null | head -n 1 | cut -d: -f1
    done | sort -u | paste -sd, | sed 's/,/, /g')
fi

mkdir -p "$root/DEBIAN"
sed -e "s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@DEPENDS@|$depends|" \
    -e "s|@SIZE@|$(du -sk --exclude=DEBIAN "$root" | cut -f1)|" \
    -e "s|@MAINTAINER@|${MAINTAINER:-Tapedeck <root@localhost>}|" packaging/debian/control.in >"$root/DEBIAN/control"
echo /etc/tapedeck/fleet.conf >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\0' | sort -z \
    | xargs -0 md5sum >DEBIAN/md5sums)

mkdir -p "$folder"
package=$folder/tapedeck_${version}_$architecture.deb
dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$package" >/dev/null
echo "$package"
