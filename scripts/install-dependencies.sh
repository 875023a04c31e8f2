#!/usr/bin/env bash
# Installs the Debian packages that building and testing need and that are not there yet. Says what it installs.
set -euo pipefail

packages=(libssl-dev libsqlite3-dev libzstd-dev mosquitto mosquitto-clients openssl sqlite3 python3)

missing=()
for package in "${packages[@]}"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$'; then
        missing+=("$package")
    fi
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "dependencies: all there (${packages[*]})"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "dependencies: ${missing[*]} are missing; install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
echo "dependencies: installing the Debian packages ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
if ! "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1; then
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
case " ${missing[*]} " in
*" mosquitto "*)
    if command -v systemctl >/dev/null && systemctl is-active --quiet mosquitto 2>/dev/null; then
        echo "dependencies: Debian has started a broker of its own on port 1883; it is not used here" \
            "(systemctl disable --now mosquitto ends it)"
    fi
    ;;
esac
echo "dependencies: done"
