#!/usr/bin/env bash
# scripts/lib.sh as a log, a person under NO_COLOR and scripts/test see it. lib_test.sh SOURCE_FOLDER; exit code 0 when all of it holds.
set -uo pipefail
. "$1/scripts/lib.sh"
set +e
failed=0
fail() { echo "FAILED: $*"; failed=1; }
escape=$'\033'

out=$(say "a heading")
[[ $out == *"== a heading"* ]] || fail "say says nothing: $out"
[[ $out != *"$escape"* ]] || fail "say writes escape codes into a file"
if script -qec true /dev/null </dev/null >/dev/null 2>&1; then # a terminal of its own
  on_terminal() { TERM=xterm script -qec "$*" /dev/null </dev/null; }
  with=$(on_terminal "bash -c '. $1/scripts/lib.sh; say x'")
  without=$(on_terminal "NO_COLOR=1 bash -c '. $1/scripts/lib.sh; say x'")
  [[ $with == *"$escape[1m== x"* ]] || fail "say is not bold on a terminal"
  [[ $without == *"== x"* && $without != *"$escape["* ]] || fail "say writes escape codes under NO_COLOR"
else
  echo "no terminal can be made here (script, /dev/pts): how a heading looks on one is not checked"
fi

log=$(mktemp)
with_signs_of_life "a step" sh -c 'exit 7' >"$log" 2>&1 && fail "a step that fails is taken for one that does not"
with_signs_of_life "a step" true >"$log" 2>&1 || fail "a step that succeeds is taken for one that does not"

cat >"$log" <<'XML'
<testsuite>
	<testcase name="fine" status="run">
		<system-out>x.cpp:1: Skipped
no reason of a test that ran</system-out>
	</testcase>
	<testcase name="one" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>[ RUN      ] A.one
/x/y.cpp:12: Skipped
&lt;official.yaml&gt; is not here

[  SKIPPED ] A.one (0 ms)
</system-out>
	</testcase>
	<testcase name="a suite" status="run">
		<system-out>[ RUN      ] S.one
/x/y.cpp:50: Skipped
no &quot;duckdb&quot; here

[  SKIPPED ] S.one (0 ms)
[ RUN      ] S.two
[       OK ] S.two (3 ms)
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] S.one
</system-out>
	</testcase>
	<testcase name="two" status="notrun">
		<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
		<system-out>/x/y.cpp:40: Skipped
&lt;official.yaml&gt; is not here
</system-out>
	</testcase>
</testsuite>
XML
[ "$(tell_skipped "$log" | sort)" = $'  1: no "duckdb" here\n  2: <official.yaml> is not here\n3 tests were skipped:' ] || fail "skipped tests: $(tell_skipped "$log")"
echo '<testsuite></testsuite>' >"$log"
[ "$(tell_skipped "$log")" = "No test was skipped." ] || fail "none skipped: $(tell_skipped "$log")"
rm -f "$log"
exit $failed
