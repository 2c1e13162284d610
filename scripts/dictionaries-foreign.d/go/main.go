// Loads two data dictionaries in quickfix-go and validates golden messages at the engine's defaults.
// Arguments: session dictionary, application dictionary, golden tables. Last line: "RESULT messages=N refused=N". Whether
// fields survive is not looked at: a parsed message gives its own bytes back, and a copy of it loses the entries of its groups
// (findings/quickfix-go-copy-loses-groups.sh).
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/quickfixgo/quickfix"
	"github.com/quickfixgo/quickfix/datadictionary"
)

type run struct {
	session, application *datadictionary.DataDictionary
	validator            quickfix.Validator
	messages, refused    int
}

func load(path string) *datadictionary.DataDictionary {
	dictionary, err := datadictionary.Parse(path)
	if err != nil {
		fmt.Printf("%s does not load: %v\n", path, err)
		os.Exit(1)
	}
	return dictionary
}

// judge returns why the engine refuses the message, "" when it does not; a panic of the engine counts as a refusal.
func (r *run) judge(wire string) (why string) {
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Sprintf("panic: %v", p)
		}
	}()
	message := quickfix.NewMessage()
	if err := quickfix.ParseMessageWithDataDictionary(message, bytes.NewBufferString(wire), r.session, r.application); err != nil {
		return err.Error()
	}
	if err := r.validator.Validate(message); err != nil {
		tag := 0
		if err.RefTagID() != nil {
			tag = int(*err.RefTagID())
		}
		return fmt.Sprintf("%v (373=%d, tag %d)", err, err.RejectReason(), tag)
	}
	return ""
}

func (r *run) table(path string) {
	file, err := os.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.SplitN(line, " | ", 4)
		r.messages++
		if why := r.judge(strings.ReplaceAll(columns[3], "|", "\x01")); why != "" {
			r.refused++
			fmt.Printf("refused %s: %s\n", columns[0], why)
		}
	}
}

func main() {
	r := run{session: load(os.Args[1]), application: load(os.Args[2])}
	r.validator = quickfix.NewValidator(quickfix.ValidatorSettings{
		CheckFieldsOutOfOrder: true, RejectInvalidMessage: true, AllowUnknownMessageFields: false, CheckUserDefinedFields: true,
	}, r.application, r.session)
	for _, path := range os.Args[3:] {
		r.table(path)
	}
	fmt.Printf("RESULT messages=%d refused=%d\n", r.messages, r.refused)
	if r.refused != 0 {
		os.Exit(1)
	}
}
