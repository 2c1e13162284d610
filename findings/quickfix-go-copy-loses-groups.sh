#!/usr/bin/env bash
# quickfix-go 0.9.7: a copy of a received message (Message.CopyInto) has lost the entries of its repeating groups, and keeps their count.
# One would have guessed: a copy sends what the original does. Message.String() of the original gives the received bytes back, so that
#   nothing looks amiss until the copy, which is built from its fields, is sent or logged.
# What happens: NoMDEntries(268)=2 stays; of its two entries (269, 270, 271) one is left where the message was parsed without a data
#   dictionary, none where it was parsed with one. No error; CheckSum(10) of the copy is right.
# Source: quickfix-go's package documentation describes CopyInto as a copy; read in field_map.go of v0.9.7 (FieldMap.CopyInto).
# What follows for us: scripts/dictionaries-foreign does not judge by such copies whether fields survive; docs/dictionaries.md warns.
set -euo pipefail
version=v0.9.7
command -v go >/dev/null || { echo "needs go"; exit 2; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/quickfixgo/quickfix"
	"github.com/quickfixgo/quickfix/datadictionary"
)

// A MarketDataSnapshotFullRefresh(W) of FIX 4.4 with two entries.
func snapshot() string {
	body := "35=W|34=2|49=VENUE|52=20261129-12:00:00.000|56=DESK|55=X|268=2|269=0|270=1.5|271=10|269=1|270=1.6|271=20|"
	head := fmt.Sprintf("8=FIX.4.4|9=%d|", len(body))
	wire := strings.ReplaceAll(head+body, "|", "\x01")
	sum := 0
	for i := 0; i < len(wire); i++ {
		sum += int(wire[i])
	}
	return wire + fmt.Sprintf("10=%03d\x01", sum%256)
}

func show(name string, text string) {
	fmt.Printf("%-28s 268=2: %d, entries by 269: %d\n", name, strings.Count(text, "\x01268=2\x01"), strings.Count(text, "\x01269="))
}

func main() {
	dictionary, err := datadictionary.Parse(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, use := range []*datadictionary.DataDictionary{nil, dictionary} {
		received, copied := quickfix.NewMessage(), quickfix.NewMessage()
		if err := quickfix.ParseMessageWithDataDictionary(received, bytes.NewBufferString(snapshot()), use, use); err != nil {
			panic(err)
		}
		received.CopyInto(copied)
		how := map[bool]string{true: "with a dictionary", false: "without"}[use != nil]
		show("received, "+how, received.String())
		show("copied, "+how, copied.String())
	}
}
GO
go mod init finding >/dev/null 2>&1
{ go get "github.com/quickfixgo/quickfix@$version" && go build -o finding .; } >build.log 2>&1 || { tail -5 build.log; exit 2; }
echo "quickfix-go $version, $(go version | cut -d' ' -f3)"
./finding "$(go list -m -f '{{.Dir}}' github.com/quickfixgo/quickfix)/spec/FIX44.xml" | tee seen.txt
# expect MESSAGE ENTRIES
expect() { grep -q "^$1 *268=2: 1, entries by 269: $2$" seen.txt || { echo "CHANGED: $1"; exit 1; }; }
expect "received, without" 2
expect "copied, without" 1
expect "received, with a dictionary" 2
expect "copied, with a dictionary" 0
