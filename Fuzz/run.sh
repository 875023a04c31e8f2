#!/usr/bin/env bash
# Runs every fuzz target for SECONDS (60 unless told) on its seeds; stops at the first input that breaks a promise.
set -euo pipefail

seconds=${1:-60}
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift build --package-path "$folder" -c release
program=$(swift build --package-path "$folder" -c release --show-bin-path)/Fuzz
cd "$work"
for target in json integers forms template streams segment round-trip wire; do
    echo "fuzz: $target, $seconds s"
    mkdir -p "$target"
    if ! SWIFT_BACKTRACE=enable=no "$program" "$target" "$work/$target" "$folder/corpus/$target" \
        -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -artifact_prefix="$folder/failed-$target-" \
        >"$work/log" 2>&1
    then
        tail -n 40 "$work/log" >&2
        echo "fuzz: $target broke a promise; the input is in $folder/failed-$target-…" >&2
        exit 1
    fi
    tail -n 1 "$work/log"
done
echo "make fuzz: nothing found"
