#!/usr/bin/env bash
# QuickFIX C++ 1.15.1: a Logon(A) that gets ResetSeqNumFlag(141)=Y in toAdmin() is numbered anew behind toAdmin(), so that a signature made
# there is of a MsgSeqNum(34) that is never sent.
# One would have guessed: toAdmin() has the last word. It gets each administrative message before it is sent, header and all, and may add
#   fields to it; what is added there from what stands there (a signature over SendingTime, MsgType, MsgSeqNum, the two CompIDs, as several
#   exchanges want it in RawData(96)) fits what goes out.
# What happens: with 5 as the next number, toAdmin() is shown 34=5. If it adds 141=Y, the session resets afterwards and writes 34=1 into the
#   same message: 96 is of 5 and 34 is 1, at every reconnect and never on a fresh store, where both are 1. With ResetOnLogon=Y in the
#   settings the reset comes first: toAdmin() is shown 1 and 1 is sent.
# Source: QuickFIX's documentation of toAdmin() names it as the place to add fields before the message is sent; read in Session.cpp of 1.15.1,
#   sendRaw(). QuickFIX/J 3.0.0 has the same order of things in Session.java, sendRaw().
# What follows for us: docs/dictionaries.md ("What to write into the .cfg") says ResetOnLogon=Y and no 141 in toAdmin.
# Needs g++ and Debian 12's package libquickfix-dev (installed, or apt-get download works). Exit code 0: still so; 1: changed; 2: could not be
# run.
set -euo pipefail
version=1.15.1+dfsg-4+b1
command -v g++ >/dev/null || { echo "needs g++"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
flags=()
if [ "$(dpkg-query -W -f '${Version}' libquickfix-dev 2>/dev/null)" != "$version" ]; then
  apt-get download "libquickfix-dev=$version" "libquickfix17=$version" >download.log 2>&1 || { tail -3 download.log; exit 2; }
  for package in ./*.deb; do dpkg-deb -x "$package" root; done
  library=$(dirname "$(find "$work/root" -name 'libquickfix.so.17*' | head -1)")
  flags=(-I "$work/root/usr/include" -L "$library" "-Wl,-rpath,$library")
fi
cat >desk.cpp <<'CPP'
// A session that is about to log on, without a socket: what toAdmin() is shown and signs, and what would go to the exchange.
#include <quickfix/Application.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Responder.h>
#include <quickfix/Session.h>

#include <iostream>

// The number that a Logon is signed with stands here for the signature over it.
struct Signer : FIX::NullApplication {
  explicit Signer(bool reset) : reset(reset) {}
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    shown = message.getHeader().getField(34);
    const std::string signature = "signature-of-" + shown;
    message.setField(95, std::to_string(signature.size()));
    message.setField(96, signature);
    if (reset) message.setField(FIX::ResetSeqNumFlag(true));
  }
  bool reset;
  std::string shown;
};

struct Wire : FIX::Responder {
  bool send(const std::string& message) override {
    sent = message;
    return true;
  }
  void disconnect() override {}
  std::string sent;
};

int main() {
  bool as_found = true;
  for (const bool in_to_admin : {true, false}) {
    Signer application(in_to_admin);
    FIX::MemoryStoreFactory stores;
    FIX::Session session(application, stores, FIX::SessionID("FIX.4.4", "DESK", "VENUE"), FIX::DataDictionaryProvider(),
                         FIX::TimeRange(FIX::UtcTimeOnly(0, 0, 0), FIX::UtcTimeOnly(0, 0, 0)), 30, nullptr);
    session.setResetOnLogon(!in_to_admin);
    session.setNextSenderMsgSeqNum(5);
    Wire wire;
    session.setResponder(&wire);
    session.next();
    const FIX::Message sent(wire.sent, false);
    const std::string number = sent.getHeader().getField(34), flag = sent.getField(141), signature = sent.getField(96);
    std::cout << (in_to_admin ? "141 set in toAdmin(): " : "ResetOnLogon=Y:       ") << "toAdmin() is shown 34=" << application.shown << ", sent are 34=" << number
              << ", 141=" << flag << ", 96=" << signature << "\n";
    const std::string seen = in_to_admin ? "5" : "1";
    as_found = as_found && application.shown == seen && number == "1" && flag == "Y" && signature == "signature-of-" + seen;
  }
  std::cout << (as_found ? "as told above: the signed number is not the one that is sent" : "changed") << "\n";
  return as_found ? 0 : 1;
}
CPP
g++ -std=c++14 -w -O0 "${flags[@]}" desk.cpp -lquickfix -lpthread -o desk >build.log 2>&1 || { tail -5 build.log; exit 2; }
echo "QuickFIX C++ $version (Debian), $(g++ --version | head -1)"
./desk
