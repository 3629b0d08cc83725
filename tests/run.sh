#!/usr/bin/env bash
# Every test run of the repository, one after the other, with a count at the end. Artefacts (screenshots, logs) go to artifacts/test-results.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
results=$root/artifacts/test-results
rm -rf "$results" && mkdir -p "$results"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0 # hundreds of processes start: what only pays later is left out
short_lived=(env DOTNET_TC_CallCountingDelayMs=BB8) # hexadecimal, three seconds: servers that live for seconds compile nothing twice
passed=0 failed=0 broken=0

need() { # command, Debian package
  command -v "$1" >/dev/null 2>&1 && return
  echo "== installing $2"
  local sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  [ -n "${APT_UPDATED:-}" ] || { $sudo apt-get update -qq >/dev/null && APT_UPDATED=1; }
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$2" >/dev/null || { echo "could not install $2"; exit 1; }
}

before=$SECONDS spent=0
cpu() { awk 'NR == 2 { gsub("[ms]", " "); print int(60 * $1 + $2 + 60 * $3 + $4) }' "$results/times"; }
count() { # name, passed, failed
  passed=$((passed + $2)); failed=$((failed + $3))
  local now; times >"$results/times"; now=$(cpu) # of all that has ended
  printf '== %-42s %5d passed %5d failed %5d s, %d of a processor\n' "$1" "$2" "$3" $((SECONDS - before)) $((now - spent))
  before=$SECONDS spent=$now
}

run_dotnet() { # project folder
  local name log; name=$(basename "$1"); log=$results/$name.log
  local with=(); case $name in *.Cluster.* | *.EndToEnd.* | *.LoadExample.*) with=("${short_lived[@]}") ;; esac
  "${with[@]}" dotnet test "$1" --no-build --nologo -v q --logger "console;verbosity=minimal" --logger "trx;LogFileName=$results/$name.trx" --results-directory "$results" >"$log" 2>&1
  local code=$?
  local trx=$results/$name.trx p=0 f=0
  if [ -f "$trx" ]; then
    p=$(grep -o '<Counters [^>]*' "$trx" | grep -o ' passed="[0-9]*"' | tr -dc 0-9)
    f=$(grep -o '<Counters [^>]*' "$trx" | grep -o ' failed="[0-9]*"' | tr -dc 0-9)
  fi
  count "$name" "${p:-0}" "${f:-0}"
  if [ $code -ne 0 ] || [ "${p:-0}" = 0 ]; then broken=1; tail -n 60 "$log"; fi
}

run_vitest() { # folder
  local name=$1 log=$results/$1.json
  (cd "$1" && npx vitest run --reporter=default --reporter=json --outputFile.json="$log") >"$results/$name.log" 2>&1
  local code=$?
  local p f
  p=$(node -p "try{require('$log').numPassedTests}catch{0}"); f=$(node -p "try{require('$log').numFailedTests}catch{0}")
  count "$name" "$p" "$f"
  if [ $code -ne 0 ] || [ "$p" = 0 ]; then broken=1; tail -n 60 "$results/$name.log"; fi
}

run_playwright() { # folder
  local name log json; name=$(basename "$1"); log=$results/$name.log; json=$results/$name.json
  (cd "$1" && "${short_lived[@]}" npx playwright test) >"$log" 2>&1
  local code=$? p f
  p=$(node -p "try{require('$json').stats.expected}catch{0}")
  f=$(node -p "try{const s=require('$json').stats;s.unexpected+s.flaky+s.skipped}catch{0}")
  count "$name" "$p" "$f"
  grep 'cold start' "$log"
  # Of each failure the error, the line that found it, and what had the focus.
  if [ $code -ne 0 ] || [ "$p" = 0 ]; then
    broken=1; awk '/^  [0-9]+\) / { left = 32 } left-- > 0' "$log"; tail -n 12 "$log"
    grep -r --include=error-context.md -F '[active]' "$results"
  fi
}

need chromium chromium
need redis-server redis-server
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || need initdb postgresql
need git git
need htop htop
need less less
need tmux tmux
need vim vim
need psql postgresql-client
need faketime faketime

if [ "${TEST_NO_BUILD:-}" != 1 ]; then
  echo "== building"
  for folder in client console tests/browser tests/mcp tests/openai; do
    (cd $folder && npm ci --no-audit --no-fund --silent) || exit 1
  done
  (cd console && npm run --silent build) || exit 1
  dotnet build Orleans.ToolRuntime.sln -v q -nologo -p:SkipConsole=true || exit 1
fi

for folder in client console; do run_vitest $folder; done
for project in tests/*.Tests/; do run_dotnet "$project"; done
run_playwright tests/browser

echo
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$broken" = 0 ] && [ "$passed" -gt 0 ]
