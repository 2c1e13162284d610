// quickfix-go as a client of the gateway, validation on: says what a conversation (conversation.txt) has it say, and waits for the answers.
// Arguments: conversation, version (42, 44, 50), port, folder for its stores, folder of the dictionaries.
// Last line: "RESULT steps=N of=N messages=N sent=N received=N": steps that were gone through, of all; messages are those that came, sent
// and received count Reject(3).
package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/quickfixgo/quickfix"
	"github.com/quickfixgo/quickfix/store/file"
	"github.com/shopspring/decimal"
)

const patience = 15 * time.Second

type run struct {
	version, port, folder, dictionaries            string
	lock                                           sync.Mutex
	steps, allSteps, messages, rejectsOut, rejects int
}

// One session of the engine, and what came on it.
type side struct {
	run       *run
	name      string
	id        quickfix.SessionID
	initiator *quickfix.Initiator
	loggedOn  bool
	inbox     []*quickfix.Message
	came      *sync.Cond
}

func readable(message *quickfix.Message) string {
	return strings.ReplaceAll(message.String(), "\x01", "|")
}

func (s *side) OnCreate(quickfix.SessionID) {}
func (s *side) OnLogon(quickfix.SessionID)  { s.set(true) }
func (s *side) OnLogout(quickfix.SessionID) { s.set(false) }
func (s *side) set(loggedOn bool) {
	s.came.L.Lock()
	s.loggedOn = loggedOn
	s.came.L.Unlock()
	s.came.Broadcast()
}
func (s *side) ToApp(*quickfix.Message, quickfix.SessionID) error { return nil }
func (s *side) ToAdmin(message *quickfix.Message, _ quickfix.SessionID) {
	if message.IsMsgTypeOf("3") {
		s.run.lock.Lock()
		s.run.rejectsOut++
		s.run.lock.Unlock()
		fmt.Println("the engine rejects:", readable(message))
	}
}
func (s *side) FromAdmin(message *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	if message.IsMsgTypeOf("3") {
		s.run.lock.Lock()
		s.run.rejects++
		s.run.lock.Unlock()
		fmt.Println("the gateway rejects:", readable(message))
	}
	return nil
}
func (s *side) FromApp(message *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	copied := quickfix.NewMessage()
	message.CopyInto(copied)
	s.run.lock.Lock()
	s.run.messages++
	s.run.lock.Unlock()
	s.came.L.Lock()
	s.inbox = append(s.inbox, copied)
	s.came.L.Unlock()
	s.came.Broadcast()
	return nil
}

func newSide(r *run, name string) *side {
	begin := map[string]string{"42": "FIX.4.2", "44": "FIX.4.4", "50": "FIXT.1.1"}[r.version]
	return &side{run: r, name: name, id: quickfix.SessionID{BeginString: begin, SenderCompID: name + r.version, TargetCompID: "MARGINFIX"},
		came: sync.NewCond(&sync.Mutex{})}
}

func (s *side) settings() (*quickfix.Settings, error) {
	r := s.run
	text := "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nHeartBtInt=30\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" + r.port +
		"\nFileStorePath=" + r.folder + "\n[SESSION]\nBeginString=" + s.id.BeginString + "\nSenderCompID=" + s.id.SenderCompID +
		"\nTargetCompID=MARGINFIX\n"
	if r.version == "50" {
		text += "DefaultApplVerID=FIX.5.0SP2\nTransportDataDictionary=" + r.dictionaries + "/FIXT11.xml\nAppDataDictionary=" + r.dictionaries +
			"/FIX50SP2.xml\n"
	} else {
		text += "DataDictionary=" + r.dictionaries + "/FIX" + r.version + ".xml\n"
	}
	return quickfix.ParseSettings(strings.NewReader(text))
}

// An initiator of quickfix-go cannot be told to stay away: it is stopped, and made anew on the same store.
func (s *side) logon() error {
	settings, err := s.settings()
	if err != nil {
		return err
	}
	if s.initiator, err = quickfix.NewInitiator(s, file.NewStoreFactory(settings), settings, quickfix.NewNullLogFactory()); err != nil {
		return err
	}
	if err = s.initiator.Start(); err != nil {
		return err
	}
	return s.await("no logon", func() bool { return s.loggedOn })
}
func (s *side) logout() error {
	s.initiator.Stop()
	return s.await("no logout", func() bool { return !s.loggedOn })
}

// The condition is looked at under the lock.
func (s *side) await(otherwise string, condition func() bool) error {
	end := time.Now().Add(patience)
	wake := time.AfterFunc(patience, s.came.Broadcast)
	defer wake.Stop()
	s.came.L.Lock()
	defer s.came.L.Unlock()
	for !condition() {
		if !time.Now().Before(end) {
			for _, message := range s.inbox {
				if !message.IsMsgTypeOf("X") {
					fmt.Println("  there was:", readable(message))
				}
			}
			return errors.New(otherwise)
		}
		s.came.Wait()
	}
	return nil
}

func (s *side) expect(msgType string, terms []string) error {
	return s.await("no "+msgType+" "+strings.Join(terms, " "), func() bool {
		for i, message := range s.inbox {
			if message.IsMsgTypeOf(msgType) && holdAll(message, terms) {
				s.inbox = append(s.inbox[:i], s.inbox[i+1:]...)
				return true
			}
		}
		return false
	})
}

func holdAll(message *quickfix.Message, terms []string) bool {
	for _, term := range terms {
		if !holds(message, term) {
			return false
		}
	}
	return true
}

var termParts = regexp.MustCompile(`^(-?)(\d+)([=~]?)(.*)$`)

// "39=0", "58~TEXT", "17=*", "-41"
func holds(message *quickfix.Message, term string) bool {
	parts := termParts.FindStringSubmatch(term)
	number, _ := strconv.Atoi(parts[2])
	where := &message.Body.FieldMap
	if number == 43 || number == 122 {
		where = &message.Header.FieldMap
	}
	tag, wanted := quickfix.Tag(number), parts[4]
	if !where.Has(tag) || parts[1] == "-" {
		return !where.Has(tag) && parts[1] == "-"
	}
	value, _ := where.GetString(tag)
	if parts[3] == "~" {
		return strings.Contains(value, wanted)
	}
	if wanted == "*" || value == wanted {
		return true
	}
	a, errA := decimal.NewFromString(value)
	b, errB := decimal.NewFromString(wanted)
	return errA == nil && errB == nil && a.Equal(b)
}

func value(text string) string {
	const layout = "20060102-15:04:05.000"
	now := time.Now().UTC()
	switch text {
	case "now":
		return now.Format(layout)
	case "in4s":
		return now.Add(4 * time.Second).Format(layout)
	case "today":
		return now.Format("20060102")
	}
	return text
}

func split(field string) (quickfix.Tag, string) {
	equals := strings.IndexByte(field, '=')
	number, _ := strconv.Atoi(field[:equals])
	return quickfix.Tag(number), value(field[equals+1:])
}

// "146(55=A)(55=B)"
func addGroup(message *quickfix.Message, field string) {
	open := strings.IndexByte(field, '(')
	count, _ := strconv.Atoi(field[:open])
	entries := strings.Split(field[open+1:len(field)-1], ")(")
	template := quickfix.GroupTemplate{}
	for _, part := range strings.Split(entries[0], ",") {
		tag, _ := split(part)
		template = append(template, quickfix.GroupElement(tag))
	}
	group := quickfix.NewRepeatingGroup(quickfix.Tag(count), template)
	for _, entry := range entries {
		added := group.Add()
		for _, part := range strings.Split(entry, ",") {
			tag, text := split(part)
			added.SetString(tag, text)
		}
	}
	message.Body.SetGroup(group)
}

func (s *side) send(msgType string, fields []string) error {
	message := quickfix.NewMessage()
	message.Header.SetString(35, msgType)
	for _, field := range fields {
		if strings.Contains(field, "(") {
			addGroup(message, field)
			continue
		}
		tag, text := split(field)
		message.Body.SetString(tag, text)
	}
	return quickfix.SendToTarget(message, s.id)
}

// What is left of a line, or of its fields, in this version.
func (r *run) words(line string) []string {
	var left []string
	for _, word := range strings.Fields(line) {
		if strings.HasPrefix(word, "[") {
			end := strings.IndexByte(word, ']')
			mine, alone := strings.Contains(word[:end], r.version), end == len(word)-1
			if alone && !mine {
				return nil
			}
			if alone || !mine {
				continue
			}
			word = word[end+1:]
		}
		left = append(left, word)
	}
	return left
}

func (s *side) do(words []string) error {
	switch words[1] {
	case "logon":
		return s.logon()
	case "logout":
		return s.logout()
	case ">":
		return s.send(words[2], words[3:])
	}
	return s.expect(words[2], words[3:])
}

func (r *run) converse(lines []string) {
	sides := map[string]*side{"OMS": newSide(r, "OMS"), "BOB": newSide(r, "BOB")}
	failed := false
	for _, line := range lines {
		words := r.words(line)
		if len(words) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if words[0] == "step" {
			r.allSteps++
			if !failed {
				r.steps++
			}
			continue
		}
		if failed {
			continue
		}
		if err := sides[words[0]].do(words); err != nil {
			r.steps--
			failed = true
			fmt.Printf("FAILED at: %s: %v\n", line, err)
		}
	}
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	r := &run{version: os.Args[2], port: os.Args[3], folder: os.Args[4], dictionaries: os.Args[5]}
	r.converse(strings.Split(string(text), "\n"))
	r.lock.Lock()
	fmt.Printf("RESULT steps=%d of=%d messages=%d sent=%d received=%d\n", r.steps, r.allSteps, r.messages, r.rejectsOut, r.rejects)
	os.Exit(0)
}
