#!/usr/bin/env bash
# Says clearly when there is no Swift, or one older than Package.swift asks for.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=$(sed -n 's/^\/\/ swift-tools-version: *//p' Package.swift)
command -v swift >/dev/null || {
    echo "Swift $wanted or newer is needed and there is none: see https://www.swift.org/install/linux/" >&2
    exit 1
}
found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
oldest=$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n 1)
[ "$oldest" = "$wanted" ] || {
    echo "Swift $wanted or newer is needed, this is $found: see https://www.swift.org/install/linux/" >&2
    exit 1
}
