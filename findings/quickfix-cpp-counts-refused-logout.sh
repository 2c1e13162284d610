#!/usr/bin/env bash
# QuickFIX C++ 1.15.1 counts a Logout(5) that refuses its Logon(A), whatever its MsgSeqNum(34): a stored message is lost without a word.
# One would have guessed: a session whose Logon was refused expects afterwards what it expected before. A Logout with the expected number is
#   counted, one with a higher number makes it ask for what lies between (ResendRequest from the expected number), and one with a lower
#   number, of a peer that refuses before it has looked for the session, is no message of the session.
# What happens: Session::nextLogout() looks at neither and adds one to the expected number. With 3 expected, a refusal with 34=1 makes it 4,
#   so a Logon(A) with 34=4 then fits: message 3, stored for it meanwhile, is never asked for. After a refusal with 34=4 the session asks from
#   4 on, and 3 is lost as well. Where the peer only closes the connection, 3 is asked for.
# Source: FIX 4.4, volume 2, session protocol, "Logout" ("any Gap Fill operations that may be necessary") and the rules for a message whose
#   MsgSeqNum is too high, by message type: Logout, "if a message gap was detected, issue a Resend Request to retrieve all missing messages";
#   for one that is too low, nothing is counted either. Read in Session.cpp of 1.15.1, nextLogout().
# What follows for us: LogonDecision::Kind::close, for refusals that pass by themselves where numbers are kept.
# Needs g++, python3 and Debian 12's package libquickfix-dev (installed, or apt-get download works). Exit code 0: still so; 1: changed; 2:
# could not be run.
set -euo pipefail
version=1.15.1+dfsg-4+b1
command -v g++ >/dev/null && command -v python3 >/dev/null || { echo "needs g++ and python3"; exit 2; }
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
cat >initiator.cpp <<'CPP'
// An initiator with numbers in memory. Each line on its standard input is answered with the number it expects next.
#include <quickfix/Application.h>
#include <quickfix/MessageStore.h>
#include <quickfix/Session.h>
#include <quickfix/SocketInitiator.h>

#include <iostream>
#include <sstream>

struct Quiet : FIX::NullApplication {};

int main(int, char** argv) {
  std::istringstream text(
      "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nStartTime=00:00:00\nEndTime=00:00:00\nUseDataDictionary=N\nCheckLatency=N\n"
      "HeartBtInt=30\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" + std::string(argv[1]) +
      "\n[SESSION]\nBeginString=FIX.4.4\nSenderCompID=DESK\nTargetCompID=VENUE\n");
  FIX::SessionSettings settings(text);
  FIX::MemoryStoreFactory stores;
  Quiet application;
  FIX::SocketInitiator initiator(application, stores, settings);
  initiator.start();
  for (std::string line; std::getline(std::cin, line);)
    std::cout << FIX::Session::lookupSession(FIX::SessionID("FIX.4.4", "DESK", "VENUE"))->getExpectedTargetNum() << std::endl;
  initiator.stop(true);
}
CPP
g++ -std=c++14 -w -O1 "${flags[@]}" initiator.cpp -lquickfix -lpthread -o initiator >build.log 2>&1 || { tail -5 build.log; exit 2; }
echo "QuickFIX C++ $version (Debian), $(g++ --version | head -1)"
cat >venue.py <<'PYTHON'
"""The accepting side, word by word: a session, a message that is stored while the desk is away, a refusal or a close, a session again."""
import datetime
import socket
import subprocess
import sys

SOH = b"\x01"


def message(msg_type, number, body=""):
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d-%H:%M:%S.000")
    fields = f"35={msg_type}|34={number}|49=VENUE|52={when}|56=DESK|{body}".replace("|", "\x01").encode()
    whole = b"8=FIX.4.4\x019=%d\x01" % len(fields) + fields
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


class Connection:
    """One connection of the desk."""

    def __init__(self, listener):
        self.socket, self.bytes = listener.accept()[0], b""
        self.socket.settimeout(20)

    def send(self, *messages):
        self.socket.sendall(b"".join(messages))

    def receive(self):
        """The fields of the next message; None at the end of the connection."""
        while b"\x0110=" not in self.bytes or not self.bytes[self.bytes.index(b"\x0110=") + 1 :].count(SOH):
            more = self.socket.recv(4096)
            if not more:
                return None
            self.bytes += more
        end = self.bytes.index(SOH, self.bytes.index(b"\x0110=") + 1) + 1
        whole, self.bytes = self.bytes[:end], self.bytes[end:]
        return dict(field.split("=", 1) for field in whole.decode().split("\x01") if field)

    def until(self, msg_type):
        """The next message of that type."""
        while (got := self.receive()) is not None:
            if got["35"] == msg_type:
                return got
        raise SystemExit(f"no {msg_type} came")


def run(refusal):
    """What is expected before and after the refusal with this number (None: a close), and where the desk asks from afterwards."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)
    desk = subprocess.Popen(["./initiator", str(listener.getsockname()[1])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def expected():
        desk.stdin.write("\n")
        desk.stdin.flush()
        return int(desk.stdout.readline())

    first = Connection(listener)
    first.until("A")
    first.send(message("A", 1, "98=0|108=30|"), message("1", 2, "112=first|"))
    first.until("0")
    first.socket.close()
    # Message 3 is stored for the desk here.
    refused = Connection(listener)
    refused.until("A")
    before = expected()
    if refusal is not None:
        refused.send(message("5", refusal, "58=not now|"))
        while refused.receive() is not None:
            pass
    refused.socket.close()
    again = Connection(listener)
    again.until("A")
    after = expected()
    number = 5 if refusal == 4 else 4  # a Logout with a number of the session's has used it up
    again.send(message("A", number, "98=0|108=30|"), message("1", number + 1, "112=last|"))
    asked = None
    while True:
        got = again.receive()
        if got["35"] == "2":
            asked = int(got["7"])
        if got["35"] == "2" or got["35"] == "0" and got.get("112") == "last":
            break
    desk.kill()
    return before, after, asked


changed = False
for how, refusal, seen in (
    ("closed without a word", None, (3, 3, 3)),
    ("refused by Logout, 34=1", 1, (3, 4, None)),
    ("refused by Logout, 34=4", 4, (3, 4, 4)),
):
    before, after, asked = got = run(refusal)
    print(f"{how}: expects {before} before and {after} after it, then asks for {'nothing' if asked is None else f'{asked} and on'}")
    changed |= got != seen
print("changed" if changed else "as told above: message 3 is asked for only after a close")
sys.exit(changed)
PYTHON
python3 venue.py
