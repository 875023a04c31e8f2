#!/usr/bin/env bash
# Installs into a folder of its own and looks at what came of it: manual pages, completions, unit, example settings.
#
# usage: check.sh BINARY
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DESTDIR=$folder PREFIX=/usr packaging/install.sh install "$1" >/dev/null

if command -v groff >/dev/null; then
    for page in "$folder"/usr/share/man/man1/*.gz; do
        complaints=$(zcat "$page" | groff -k -man -Tutf8 -ww -W break -z 2>&1)
        [ -z "$complaints" ] || {
            echo "check: $(basename "$page"): $complaints" >&2
            exit 1
        }
    done
fi
bash -n "$folder/usr/share/bash-completion/completions/tapedeck"
"$1" config check "$folder/etc/tapedeck/fleet.conf" 2>/dev/null
# With every example in force it must still be understood.
sed 's/^# \(record\.\)/\1/' "$folder/etc/tapedeck/fleet.conf" >"$folder/all.conf"
"$1" config check "$folder/all.conf" 2>/dev/null

if command -v systemd-analyze >/dev/null; then
    # The program stands elsewhere here, and manual pages are not where man looks.
    unit=$folder/usr/lib/systemd/system/tapedeck@.service
    sed -i "s|/usr/bin/tapedeck|$(readlink -f "$1")|; /^Documentation=/d" "$unit"
    complaints=$(systemd-analyze verify "$unit" 2>&1 | grep -F tapedeck || true)
    [ -z "$complaints" ] || {
        echo "check: $complaints" >&2
        exit 1
    }
fi
DESTDIR=$folder PREFIX=/usr packaging/install.sh uninstall "$1" >/dev/null
left=$(find "$folder/usr" -type f)
[ -z "$left" ] || {
    echo "check: uninstalling leaves $left" >&2
    exit 1
}
