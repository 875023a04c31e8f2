#!/usr/bin/env bash
# Prints our licence and those of what is linked into the program: Swift's own libraries and the packages of Package.swift.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "Tapedeck is under the Apache License, Version 2.0: on Debian /usr/share/common-licenses/Apache-2.0, elsewhere"
echo "https://www.apache.org/licenses/LICENSE-2.0. It contains the following works under their own licences."
for checkout in .build/checkouts/*/; do
    name=$(basename "$checkout")
    for file in "$checkout"LICENSE* "$checkout"NOTICE*; do
        [ -f "$file" ] || continue
        printf '\n==== %s: %s ====\n\n' "$name" "$(basename "$file")"
        cat "$file"
    done
done
swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
for file in "$swift/share/swift/LICENSE.txt"; do
    [ -f "$file" ] || continue
    printf '\n==== Swift: %s ====\n\n' "$(basename "$file")"
    cat "$file"
done
