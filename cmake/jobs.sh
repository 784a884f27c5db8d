#!/bin/sh
# SPDX-License-Identifier: MIT
# Prints how many compilers may run at once: one a core, but each needs about 1.2 GB of free memory.
set -eu
cores=$(nproc 2>/dev/null || echo 1)
free_mb=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || true)
limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
case "$limit" in
    '' | *[!0-9]*) ;;
    *) [ "$((limit / 1048576))" -ge "${free_mb:-0}" ] || free_mb=$((limit / 1048576)) ;;
esac
jobs=$((${free_mb:-1200} / 1200))
[ "$jobs" -le "$cores" ] || jobs=$cores
[ "$jobs" -ge 1 ] || jobs=1
echo "$jobs"
