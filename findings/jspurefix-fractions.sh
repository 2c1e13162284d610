#!/usr/bin/env bash
# jspurefix 5.11.4 (npm) reads some valid FIX 4.4 fractions as other numbers, without an error.
# One would have guessed: LastPx(31)=.5 is 0.5, as in QuickFIX C++, QuickFIX/J and quickfix-go (a FIX float needs no digit before its
#   point), and a fraction of one digit in TransactTime(60) is either 500 ms or refused.
# What happens: .5 becomes 50, and 12:00:00.5 becomes another instant, more than a second later; 0.5 and .500 are read right.
# Source: FIX 4.4 specification, volume 1, data types "float" and "UTCTimestamp" (the fraction has three digits there; later versions
#   allow other counts); read in the package's dist/buffer/elastic-buffer.js and dist/buffer/ascii/time-formatter.js.
# What follows for us: everything that marginfix writes begins with a digit and has 3 or 6 fraction digits.
set -euo pipefail
version=5.11.4
command -v npm >/dev/null && command -v node >/dev/null || { echo "needs node and npm"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null 2>&1
npm install --no-audit --no-fund --ignore-scripts "jspurefix@$version" >install.log 2>&1 || { tail -5 install.log; exit 2; }
# The package's own install step, which some npm versions hold back: it unpacks dictionaries.
(cd node_modules/jspurefix/data && [ -d fix_repo/FIX.4.4 ] || node ../src/util/unzip fix_repo.zip) >unzip.log 2>&1
echo "jspurefix $version, node $(node --version)"

# report LAST_PX FRACTION: how an ExecutionReport with that price and that fraction of a second is read.
report() {
  local soh=$'\x01' body head sum
  body="35=8|49=VENUE|56=DESK|34=2|52=20261129-12:00:00.000|37=1|17=1|150=F|39=1|55=X|54=1|31=$1|32=2|44=0.5|151=1|14=1|6=1|60=20261129-12:00:00.$2|"
  body=${body//|/$soh}
  head="8=FIX.4.4${soh}9=${#body}${soh}"
  sum=$(printf '%s' "$head$body" | od -An -v -tu1 | tr -s ' ' '\n' | awk '{s += $1} END {printf "%03d", s % 256}')
  printf '%s10=%s%s' "$head$body" "$sum" "$soh" | tr '\001' '|' >"$work/message.txt"
  node dist/jsfix-cmd.js --dict=data/FIX44.xml --fix="$work/message.txt" '--delimiter=|' --objects >"$work/read.txt" 2>&1 || true
  sed -n 's/^ *"LastPx": \(.*\),$/\1/p' "$work/read.txt" | head -1
  sed -n 's/^ *"TransactTime": "\(.*\)",*$/\1/p' "$work/read.txt" | head -1
}
mapfile -t usual < <(cd node_modules/jspurefix && report 0.5 500)
mapfile -t odd < <(cd node_modules/jspurefix && report .5 5)
echo "31=0.5  60=...12:00:00.500  read as LastPx ${usual[0]:-nothing}, TransactTime ${usual[1]:-nothing}"
echo "31=.5   60=...12:00:00.5    read as LastPx ${odd[0]:-nothing}, TransactTime ${odd[1]:-nothing}"
[ "${usual[0]:-}" = 0.5 ] && [ "${usual[1]:-}" = 2026-11-29T12:00:00.500Z ] || { echo "CHANGED: the usual form"; exit 1; }
[ "${odd[0]:-}" = 50 ] || { echo "CHANGED: .5 is no longer 50"; exit 1; }
[ "${odd[1]:-}" = 2026-11-29T12:00:01.261Z ] || { echo "CHANGED: a fraction of one digit"; exit 1; }
