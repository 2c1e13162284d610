#!/usr/bin/env bash
# Several processes of one GoogleTest program at a time, each with a part of the cases: for cases that wait more than they compute and cannot
# share a process. in_shards.sh COUNT PROGRAM [ARGUMENT...]; what each says comes behind one another; 0 when all of them end with 0.
set -uo pipefail
count=$1
shift
said=$(mktemp -d) || exit 1
trap 'rm -rf "$said"' EXIT
jobs=()
trap 'kill "${jobs[@]}"; exit 1' TERM INT
for ((i = 0; i < count; ++i)); do
  GTEST_TOTAL_SHARDS=$count GTEST_SHARD_INDEX=$i "$@" >"$said/$i" 2>&1 &
  jobs+=($!)
done
code=0
for ((i = 0; i < count; ++i)); do
  wait "${jobs[i]}" || code=$?
  cat "$said/$i"
done
exit "$code"
