#!/usr/bin/env bash
# Installs, runs, upgrades, removes and purges the package under a systemd of its own, in a throw-away copy of this
# machine: an overlay over the root file system, with its own processes, network and control group. Nothing of it is left.
#
# usage: test-deb.sh BINARY     as root; needs overlayfs, systemd and mosquitto, and no network
set -euo pipefail
cd "$(dirname "$0")/.."

binary=$(readlink -f "$1")
[ "$(id -u)" = 0 ] || {
    echo "test-deb: only root can make the throw-away system" >&2
    exit 2
}
work=$(mktemp -d /tmp/tapedeck-deb-XXXXXX)
groups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$groups" ] || {
    echo "test-deb: systemd needs a cgroup2 file system and there is none" >&2
    exit 2
}
group=$groups/tapedeck-test-$$
first=
init=

cleanup() {
    # The first process takes everything with it.
    [ -z "$init" ] || kill -KILL "$init" 2>/dev/null || true
    [ -z "$first" ] || wait "$first" 2>/dev/null || true
    for _ in $(seq 50); do
        find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
        [ -d "$group" ] || break
        sleep 0.1
    done
    rm -rf "$work"
}
trap cleanup EXIT

echo "test-deb: two packages, the second an upgrade"
export COMPRESSION=gzip
VERSION=0.0.1-1 packaging/deb.sh "$binary" "$work/packages" >/dev/null
VERSION=0.0.2-1 packaging/deb.sh "$binary" "$work/packages" >/dev/null
packages=/srv/packages
architecture=$(dpkg --print-architecture)

cat >"$work/first" <<'INNER'
set -e
work=$1
mount --make-rprivate /
mkdir "$work/root"
mount -t tmpfs -o mode=755 tmpfs "$work/root"
mkdir "$work/root/upper" "$work/root/work" "$work/root/all"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/root/upper,workdir=$work/root/work" "$work/root/all"
cd "$work/root/all"
mount -t proc proc proc
# The kernel's settings are everybody's.
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
    touch "dev/$device"
    mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm dev/pts dev/mqueue dev/hugepages
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mkdir -p srv/packages
cp "$work"/packages/*.deb srv/packages/
: >etc/machine-id
# Nothing of this machine starts, and nothing that looks after the kernel or the hardware.
rm -rf etc/systemd/system/*.wants
for unit in systemd-sysctl systemd-modules-load systemd-remount-fs systemd-udevd systemd-udev-trigger systemd-random-seed \
    systemd-update-utmp systemd-tmpfiles-setup-dev systemd-hwdb-update systemd-binfmt kmod-static-nodes; do
    ln -sf /dev/null "etc/systemd/system/$unit.service"
done
for unit in dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    sys-fs-fuse-connections.mount sys-kernel-config.mount; do
    ln -sf /dev/null "etc/systemd/system/$unit"
done
rm -rf etc/tapedeck var/lib/tapedeck
ip link set lo up
# Not a mere chroot: in one the kernel makes no user namespaces (user_namespaces(7)).
mkdir -p mnt
pivot_root . mnt
cd /
umount -l mnt
# What credentials are mounted on must be seen by the services; in a container this is not systemd's to see to.
mount --make-rshared /
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --unit=basic.target \
    --log-target=journal --show-status=0
INNER

mkdir "$group"
(
    echo "$BASHPID" >"$group/cgroup.procs"
    exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash "$work/first" "$work" >"$work/log" 2>&1
) &
first=$!
for _ in $(seq 100); do
    init=$(pgrep -P "$first" || true)
    [ -n "$init" ] && [ "$(cat "/proc/$init/comm")" = systemd ] && break
    sleep 0.1
done
inside() { nsenter --target "$init" --mount --pid --net --uts --ipc --cgroup --root --wd "$@"; }
inside true || {
    echo "test-deb: the throw-away system does not start: $(cat "$work/log")" >&2
    exit 1
}
for _ in $(seq 200); do
    inside systemctl is-active --quiet basic.target 2>/dev/null && break
    sleep 0.1
done

fail() {
    echo "test-deb: FAILED: $*" >&2
    inside systemctl --no-pager status 'tapedeck@fleet' >&2 || true
    inside journalctl --no-pager -n 40 >&2 || true
    exit 1
}
await() { # WHAT COMMAND…: until it succeeds, half a minute at most
    local what=$1
    shift
    for _ in $(seq 150); do
        if "$@" >/dev/null 2>&1; then
            echo "  ok  $what"
            return 0
        fi
        sleep 0.2
    done
    fail "$what"
}
expect() { # WHAT COMMAND…: succeeds now
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then echo "  ok  $what"; else fail "$what"; fi
}
refuse() { # WHAT COMMAND…: fails now
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then fail "$what"; else echo "  ok  $what"; fi
}
property() { inside systemctl show -P "$1" tapedeck@fleet; }
is() { [ "$(property "$1")" = "$2" ]; }
says() { property StatusText | grep -q "$1"; }
figure() { inside curl -fsS http://127.0.0.1:9464/metrics | grep -q "$1"; }
publish() { # FROM TO
    seq "$1" "$2" | sed 's/.*/{"n":&}/' | inside mosquitto_pub -V 5 -p 1883 -u cloud -P "$secret" -t v1/device/a/telemetry \
        -q 1 -l -i "publisher-$1"
}
secret=correct-horse-$$

echo "install"
inside dpkg -i "$packages/tapedeck_0.0.1-1_$architecture.deb" >"$work/dpkg" 2>&1 || fail "dpkg -i: $(cat "$work/dpkg")"
expect "the program runs" inside tapedeck --version
expect "the user is there" inside getent passwd tapedeck
expect "the manual pages are found" inside man -w tapedeck-query-telemetry
expect "bash takes the completions" inside bash -n /usr/share/bash-completion/completions/tapedeck
refuse "nothing starts by itself" inside systemctl is-active tapedeck@fleet
expect "the unit is sound" inside systemd-analyze verify tapedeck@fleet.service
refuse "what is not configured does not start" inside systemctl start tapedeck@fleet
expect "it says wrong usage" is ExecMainStatus 64
expect "and is not tried again and again" is NRestarts 0

echo "run"
inside systemctl reset-failed
inside sh -c 'cat >/etc/tapedeck/fleet.conf' <<CONF
record.broker = mqtt://127.0.0.1:1883
record.username = recorder
record.metrics = 9464
record.tag = site=north
CONF
inside sh -c 'umask 077; cat >/etc/tapedeck/fleet.password' <<<"$secret"
inside mkdir -p /etc/systemd/system/tapedeck@.service.d
# A hanging thread shall be noticed within the time of a test.
inside sh -c 'printf "[Service]\nWatchdogSec=4s\nRestartSec=1s\n" >/etc/systemd/system/tapedeck@.service.d/test.conf'
inside systemctl daemon-reload
inside systemctl enable --now tapedeck@fleet 2>/dev/null || fail "systemctl enable --now, with the broker down"
expect "up while the broker is down" is ActiveState active
await "and says what it waits for" says "waiting for the broker"
inside sh -c 'touch /tmp/users && chmod 700 /tmp/users'
for user in recorder cloud; do inside mosquitto_passwd -b /tmp/users "$user" "$secret"; done
inside chown mosquitto /tmp/users
inside sh -c 'printf "listener 1883 127.0.0.1\nallow_anonymous false\npassword_file /tmp/users\nmax_queued_messages 100000\n" >/tmp/broker.conf'
inside systemd-run --quiet --unit=broker /usr/sbin/mosquitto -c /tmp/broker.conf
await "the broker is there" inside mosquitto_pub -p 1883 -u cloud -P "$secret" -t probe -m x
await "recording once the broker is there, with the password of the credential" says "^recording"
publish 1 1000
await "figures: 1,000 messages" figure '^tapedeck_messages_total 1000$'
expect "healthy" inside curl -fsS http://127.0.0.1:9464/healthz
process=$(property MainPID)
expect "runs as its own user, without privileges, behind a system call filter" inside sh -c "
    [ \"\$(stat -c %U /proc/$process)\" = tapedeck ] && grep -q '^NoNewPrivs:.*1' /proc/$process/status &&
    grep -q '^Seccomp:.*2' /proc/$process/status && grep -q '^CapEff:.*0000000000000000' /proc/$process/status"
expect "the tape is its owner's only" inside sh -c '[ "$(stat -c "%U %a" /var/lib/tapedeck/fleet.tape)" = "tapedeck 600" ]'
refuse "no secret in the journal, the arguments or the figures" inside sh -c "
    { journalctl -u tapedeck@fleet; systemctl status tapedeck@fleet; cat /proc/$process/cmdline /proc/$process/environ
      curl -s http://127.0.0.1:9464/metrics; } 2>/dev/null | tr '\\0' '\\n' | grep -qF '$secret'"
expect "the journal has priorities" inside sh -c 'journalctl -u tapedeck@fleet -p info -o json | grep -q "\"PRIORITY\":\"6\""'

echo "a recorder that hangs"
inside kill -STOP "$process"
publish 1001 2000
await "is killed by the watchdog and started again" is NRestarts 1
await "and takes what the broker kept" inside sh -c \
    "[ \$(tapedeck query messages /var/lib/tapedeck/fleet.tape --format jsonl -q 2>/dev/null | grep -vc duplicate_of) = 2000 ]"
expect "with the time in the ledger" inside sh -c 'tapedeck info /var/lib/tapedeck/fleet.tape --format jsonl | grep -q "\"cause\":\"killed\""'

echo "upgrade"
process=$(property MainPID)
publish 2001 12000 &
publisher=$!
inside dpkg -i "$packages/tapedeck_0.0.2-1_$architecture.deb" >"$work/dpkg" 2>&1 || fail "dpkg -i: $(cat "$work/dpkg")"
await "another process records" sh -c "[ '$process' != \"\$(nsenter --target $init --mount --pid --root --wd systemctl show -P MainPID tapedeck@fleet)\" ]"
wait "$publisher"
await "nothing was lost, nothing stands twice without a mark" inside sh -c \
    "[ \$(tapedeck query messages /var/lib/tapedeck/fleet.tape --format jsonl -q 2>/dev/null | grep -vc duplicate_of) = 12000 ]"
expect "the settings are the administrator's" inside grep -q site=north /etc/tapedeck/fleet.conf
expect "the tape is sound" inside tapedeck verify /var/lib/tapedeck/fleet.tape

echo "remove"
inside dpkg -r tapedeck >"$work/dpkg" 2>&1 || fail "dpkg -r: $(cat "$work/dpkg")"
refuse "the recorder has ended" inside pgrep -x tapedeck
expect "in order" inside sh -c 'journalctl -u tapedeck@fleet | grep -q "Deactivated successfully"'
expect "settings and tape are there" inside ls /etc/tapedeck/fleet.conf /var/lib/tapedeck/fleet.tape
refuse "the program is not" inside ls /usr/bin/tapedeck

echo "purge"
inside dpkg -P tapedeck >"$work/dpkg" 2>&1 || fail "dpkg -P: $(cat "$work/dpkg")"
refuse "the settings are gone" inside ls /etc/tapedeck/fleet.conf
refuse "the unit is enabled no more" inside sh -c 'ls /etc/systemd/system/*.wants/tapedeck@*'
expect "the recording stays, and that is said" sh -c \
    "nsenter --target $init --mount --root ls /var/lib/tapedeck/fleet.tape && grep -q 'recordings stay' '$work/dpkg'"
inside rm -rf /var/lib/tapedeck /etc/tapedeck /etc/systemd/system/tapedeck@.service.d
inside dpkg -i "$packages/tapedeck_0.0.2-1_$architecture.deb" >"$work/dpkg" 2>&1 || fail "dpkg -i after a purge: $(cat "$work/dpkg")"
inside dpkg -P tapedeck >"$work/dpkg" 2>&1 || fail "dpkg -P: $(cat "$work/dpkg")"
refuse "without recordings nothing is left" inside ls -d /var/lib/tapedeck /etc/tapedeck

echo "test-deb: everything passed"
