#!/bin/sh
# SPDX-License-Identifier: MIT
# Checks that every header under the given folders compiles alone, and twice in a row:  check_headers.sh FOLDER...
# CXX chooses the compiler, JOBS how many of them run at once. Closes with "N passed, N failed".
set -eu
CXX=${CXX:-g++}
FLAGS="-std=c++20 -fsyntax-only -Wall -Wextra -Wno-missing-field-initializers -I. $(pkg-config --cflags libuv 2>/dev/null || true)"
export CXX FLAGS

# shellcheck disable=SC2016 # expanded by the inner shell; xargs goes on after a failure, and each header leaves one line
results=$(find "$@" -name '*.h' | sort | xargs -r -P "${JOBS:-1}" -I{} sh -c '
    if printf "#include \"%s\"\n#include \"%s\"\n" "$1" "$1" | $CXX $FLAGS -x c++ - 1>&2; then
        echo "passed $1"
    else
        echo "failed $1"
        echo "headers: $1 does not compile alone" >&2
    fi' sh {})
passed=$(printf '%s\n' "$results" | grep -c '^passed' || true)
failed=$(printf '%s\n' "$results" | grep -c '^failed' || true)
echo "headers: $passed passed, $failed failed"
[ "$failed" = 0 ]
