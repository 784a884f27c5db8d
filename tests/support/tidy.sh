#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs clang-tidy on the sources under engine/ and cli/, or with SINCE=COMMIT on those that differ from that commit.
# BUILD names a configured build directory (its compile_commands.json is used), JOBS how many run at once.
set -eu
export BUILD="${BUILD:-build/release}"
if [ -n "${SINCE:-}" ]; then
    files=$({ git diff --name-only --diff-filter=d "$SINCE" -- engine cli; git ls-files -o --exclude-standard engine cli; } | grep '\.cpp$' || true)
else
    files=$(find engine cli -name '*.cpp')
fi
files=$(printf '%s\n' "$files" | sort -u | sed '/^$/d')
if [ -z "$files" ]; then
    echo "tidy: no source to look at"
    exit 0
fi

# Clang 14 needs to be told two things that g++ 12 takes for granted: coroutines and sized deallocation.
# shellcheck disable=SC2016,SC2086 # expanded by the inner shell; one argument per file
printf '%s\n' $files | xargs -P "${JOBS:-1}" -n 1 sh -c '
    found=$(clang-tidy -p "$BUILD" --quiet --extra-arg=-D__cpp_impl_coroutine=201902L --extra-arg=-fsized-deallocation "$1" 2>&1) &&
        exit 0
    printf "%s\n" "$found" | grep -Ev "^[0-9]+ warnings?( and [0-9]+ errors?)? generated"
    exit 1' sh
echo "tidy: $(printf '%s\n' "$files" | wc -l) sources are clean"
