#!/usr/bin/env bash
# Installs the program, its manual pages, completions and the systemd unit below DESTDIR, or takes them away again.
#
# usage: install.sh install|uninstall BINARY     with PREFIX, DESTDIR, SYSCONFDIR, STATEDIR in the environment
set -euo pipefail
cd "$(dirname "$0")/.."

action=$1
binary=$2
prefix=${PREFIX:-/usr/local}
destination=${DESTDIR:-}
settings=${SYSCONFDIR:-/etc}
state=${STATEDIR:-/var/lib/tapedeck}

program=$prefix/bin/tapedeck
unit=$prefix/lib/systemd/system/tapedeck@.service
users=$prefix/lib/sysusers.d/tapedeck.conf
bash_completion=$prefix/share/bash-completion/completions/tapedeck
fish_completion=$prefix/share/fish/vendor_completions.d/tapedeck.fish
# Debian's zsh looks at the first for packages, zsh itself at the second.
if [ "$prefix" = /usr ]; then
    zsh_completion=/usr/share/zsh/vendor-completions/_tapedeck
else
    zsh_completion=$prefix/share/zsh/site-functions/_tapedeck
fi
manual=$prefix/share/man/man1

if [ "$action" = uninstall ]; then
    rm -f "$destination$program" "$destination$unit" "$destination$users" "$destination$bash_completion" \
        "$destination$fish_completion" "$destination$zsh_completion" \
        "$destination$manual/tapedeck.1.gz" "$destination$manual"/tapedeck-*.1.gz
    echo "uninstalled from $destination$prefix; settings in $settings/tapedeck and recordings in $state stay"
    exit 0
fi

[ -x "$binary" ] || {
    echo "$binary is not there: build it first (make build)" >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

install -D -m 755 "$binary" "$destination$program"
mkdir -p "$work/man"
packaging/manual.py "$binary" "$work/man"
for page in "$work"/man/*.1; do
    gzip -9n "$page"
    install -D -m 644 "$page.gz" "$destination$manual/$(basename "$page").gz"
done
for shell in bash zsh fish; do
    "$binary" --generate-completion-script "$shell" >"$work/$shell"
    name=${shell}_completion
    install -D -m 644 "$work/$shell" "$destination${!name}"
done
sed -e "s|@BINDIR@|$prefix/bin|g; s|@SYSCONFDIR@|$settings|g; s|@STATEDIR@|$state|g" \
    packaging/tapedeck@.service.in >"$work/unit"
install -D -m 644 "$work/unit" "$destination$unit"
install -D -m 644 packaging/sysusers.conf "$destination$users"
# Settings that are there already are somebody's.
if [ ! -e "$destination$settings/tapedeck/fleet.conf" ]; then
    install -D -m 644 packaging/fleet.conf "$destination$settings/tapedeck/fleet.conf"
fi
echo "installed below $destination$prefix"
[ -n "$destination" ] || echo "for the service: systemd-sysusers && systemctl daemon-reload, then as $settings/tapedeck/fleet.conf says"
