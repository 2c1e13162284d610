// quickfix-go without marginfix: the Logon(A) signed in ToAdmin. docs/quickfix.md, "QuickFIX alone".
//
//	logonalone CFG                         logs on, says so, logs out
//	logonalone sign KEY.pem 52 34 49 56    RawData(96) of a Logon with these fields
package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/quickfixgo/quickfix"
)

// The private key of an API key: PKCS#8 ("BEGIN PRIVATE KEY") or PKCS#1 ("BEGIN RSA PRIVATE KEY").
func readKey(file string) (crypto.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("no PEM in %s", file)
	}
	if block.Type == "RSA PRIVATE KEY" {
		return x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(crypto.Signer), nil
}

func sign(key crypto.Signer, sendingTime, number, sender, target string) (string, error) {
	text := []byte(strings.Join([]string{sendingTime, "A", number, sender, target}, "\x01"))
	var signature []byte
	var err error
	if _, ok := key.(ed25519.PrivateKey); ok {
		signature, err = key.Sign(rand.Reader, text, crypto.Hash(0))
	} else {
		digest := sha256.Sum256(text)
		signature, err = key.Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256})
	}
	return base64.StdEncoding.EncodeToString(signature), err
}

type application struct {
	key      crypto.Signer
	loggedOn chan bool
}

func (a application) ToAdmin(message *quickfix.Message, session quickfix.SessionID) {
	if !message.IsMsgTypeOf("A") {
		return
	}
	sendingTime, _ := message.Header.GetString(52)
	number, _ := message.Header.GetString(34)
	// 141=Y: the Logon is numbered 1, whatever stands here now.
	if reset, err := message.Body.GetString(141); err == nil && reset == "Y" {
		number = "1"
	}
	signature, err := sign(a.key, sendingTime, number, session.SenderCompID, session.TargetCompID)
	if err != nil {
		panic(err)
	}
	message.Body.SetInt(95, len(signature))
	message.Body.SetString(96, signature)
}
func (a application) OnLogon(quickfix.SessionID)                      { a.loggedOn <- true }
func (application) OnCreate(quickfix.SessionID)                       {}
func (application) OnLogout(quickfix.SessionID)                       {}
func (application) ToApp(*quickfix.Message, quickfix.SessionID) error { return nil }
func (application) FromApp(*quickfix.Message, quickfix.SessionID) quickfix.MessageRejectError {
	return nil
}
func (application) FromAdmin(message *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	if message.IsMsgTypeOf("5") {
		fmt.Println(strings.ReplaceAll(message.String(), "\x01", "|"))
	}
	return nil
}

func logOn(cfg string) error {
	file, err := os.Open(cfg)
	if err != nil {
		return err
	}
	defer file.Close()
	settings, err := quickfix.ParseSettings(file)
	if err != nil {
		return err
	}
	path, err := settings.GlobalSettings().Setting("KalshiPrivateKeyPath") // our name for it; quickfix-go does not mind
	if err != nil {
		return err
	}
	key, err := readKey(path)
	if err != nil {
		return err
	}
	app := application{key, make(chan bool, 10)}
	initiator, err := quickfix.NewInitiator(app, quickfix.NewMemoryStoreFactory(), settings, quickfix.NewNullLogFactory())
	if err != nil {
		return err
	}
	if err = initiator.Start(); err != nil {
		return err
	}
	defer initiator.Stop()
	select {
	case <-app.loggedOn:
		fmt.Println("logged on")
		return nil
	case <-time.After(15 * time.Second):
		return fmt.Errorf("no answer to the Logon")
	}
}

func main() {
	words := os.Args[1:]
	var err error
	if len(words) == 6 && words[0] == "sign" {
		var key crypto.Signer
		var signature string
		if key, err = readKey(words[1]); err == nil {
			if signature, err = sign(key, words[2], words[3], words[4], words[5]); err == nil {
				fmt.Println(signature)
			}
		}
	} else if len(words) == 1 {
		err = logOn(words[0])
	} else {
		err = fmt.Errorf("usage: logonalone CFG | sign KEY.pem 52 34 49 56")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
