#!/bin/bash
# Compares the cost of worlds in two versions: bash features/compare.sh BEFORE [BENCHMARKS] [ROUNDS]
# builds the benchmarks of the commit BEFORE and of the working tree, with the benchmarks of
# the working tree, and runs them by turns. It prints the least of all rounds: time by the
# wall clock, time of the processors, bytes; and each ratio, before to after.
set -euo pipefail
before=$1 benchmarks=${2:-'^BenchmarkScenario$ ^BenchmarkExplore$/^bot$/^properties$ ^BenchmarkExplore$/^planted$/^properties$ ^BenchmarkUsers$/^100$ ^BenchmarkUsers$/^1000$'} rounds=${3:-5}
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/tree"
git archive "$before" | tar -x -C "$dir/tree"
cp features/bench_test.go "$dir/tree/features/"
(cd "$dir/tree" && go test -c -o "$dir/before" ./features)
go test -c -o "$dir/after" ./features
cd features
for ((round = 0; round < rounds; round++)); do
  for benchmark in $benchmarks; do
    times=150x
    case $benchmark in *100\$) times=10x ;; *1000\$) times=1x ;; esac
    for version in before after; do
      TIMEFORMAT='processors %U %S'
      { time "$dir/$version" -test.run '^$' -test.bench "$benchmark" -test.benchtime $times; } 2>&1 | awk -v v=$version '
        /^Benchmark/ { name = $1; sub(/-[0-9]+$/, "", name); runs = $2
          for (i = 3; i < NF; i += 2) if ($(i + 1) == "ns/op") wall = $i / 1e6; else if ($(i + 1) == "B/op") bytes = $i / 1e6 }
        /^processors/ { if (name) print name, v, wall, ($2 + $3) * 1e3 / runs, bytes }'
    done
  done
done | awk '
  function least(key, n) { if (!(key in min) || n < min[key]) min[key] = n + 0 }
  !($1 in seen) { seen[$1] = 1; names[++count] = $1 }
  { least($1 " " $2 " wall", $3); least($1 " " $2 " processors", $4); least($1 " " $2 " MB", $5) }
  END {
    printf "%-38s %-10s %12s %12s %7s\n", "", "", "before", "after", "ratio"
    split("wall processors MB", kinds, " ")
    for (i = 1; i <= count; i++) for (k = 1; k <= 3; k++) {
      b = min[names[i] " before " kinds[k]]; a = min[names[i] " after " kinds[k]]
      printf "%-38s %-10s %12.2f %12.2f %7.2f\n", names[i], kinds[k], b, a, a ? b / a : 0
    }
  }'
