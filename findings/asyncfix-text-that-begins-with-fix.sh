#!/usr/bin/env bash
# asyncfix 1.0.1 (PyPI) drops a report whose Text(58) begins with FIX. (as in 58=FIX.4.4 only), and whatever came in the same read behind it.
# One would have guessed: a codec that looks at BodyLength(9) and CheckSum(10) takes a message to its end; and one that looks for the next
#   message's BeginString(8) does so behind a SOH, where a field begins, so that a text would have to quote a whole message to deceive it.
# What happens: the next message is searched as the bytes 8=FIX. wherever they stand, and Text(58) ends in 8: 58=FIX. has them. The report
#   is cut there, its last half field is no field, and the whole buffer is skipped: the report and the fill behind it. No exception, no log
#   line; BodyLength and CheckSum were right. The reading loop (connection.py) goes on with what comes next. The same report with a text that
#   has FIX.4.4 further behind is read.
# Source: FIX 4.4, volume 1: a value may hold any byte but SOH, and BodyLength says where CheckSum stands; read in asyncfix/codec.py, decode().
# What follows for us: no text of our own begins with FIX.; our reader takes such texts whole (docs/dictionaries.md, "What marginfix
#   decode and --lint read").
# Needs python3 (3.10 or newer) with venv. Exit code 0: still so; 1: changed; 2: could not be run.
set -euo pipefail
version=1.0.1
command -v python3 >/dev/null || { echo "needs python3 with venv"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q "asyncfix==$version"; } >"$work/install.log" 2>&1 || { tail -3 "$work/install.log"; exit 2; }
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import sys

from asyncfix.codec import Codec
from asyncfix.protocol import FIXProtocol44


def message(number, fields):
    body = f"35=8|34={number}|49=VENUE|52=20261201-12:00:00.000|56=DESK|{fields}".replace("|", "\x01").encode()
    whole = b"8=FIX.4.4\x019=%d\x01" % len(body) + body
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


def read(buffer):
    """What the reading loop of asyncfix makes of a read: MsgSeqNum(34) of each message, and how many bytes are kept for later."""
    codec, numbers = Codec(FIXProtocol44()), []
    while True:
        got, length, _ = codec.decode(buffer)
        buffer = buffer[length:]
        if got is None:
            return numbers, len(buffer)
        numbers.append(got["34"])


print("asyncfix", importlib.metadata.version("asyncfix"), "on Python", sys.version.split()[0])
fill = message(3, "37=2|17=2|150=F|39=2|55=X|54=1|38=2|44=0.5|32=2|31=0.5|151=0|14=2|6=0.5|")
changed = False
for text, wanted in (("not here", ["2", "3"]), ("only FIX.4.4 here", ["2", "3"]), ("FIX.4.4 only", [])):
    refused = message(2, f"37=1|17=1|150=8|39=8|55=X|54=1|38=2|44=0.5|151=0|14=0|6=0|58={text}|")
    numbers, kept = read(refused + fill)
    print(f"report 2 with 58={text} and fill 3 in one read: messages {numbers}, {kept} bytes kept")
    changed |= (numbers, kept) != (wanted, 0)
print("changed" if changed else "as told above: both are gone")
sys.exit(changed)
PYTHON
