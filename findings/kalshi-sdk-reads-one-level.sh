#!/usr/bin/env bash
# kalshi-sdk 22.4.0 (PyPI) reads one entry of a market data message with the fields of August 2026, silently.
# One would have guessed: the exchange's Python SDK passes over fields of a market data entry that it does not know, as FIX engines that are
# told to ignore unknown fields do, or says that it could not read the message.
# What happens (kalshi-sdk 22.4.0, PyPI): a W or X whose entries carry MDEntryDate(272) and MDEntryTime(273), which the exchange documents as
# required since August 2026, is read to the first of them and no further: a book of three levels is a book of one, an update of two levels
# one of one. No exception, no warning; one line at logging level DEBUG.
# Source: the exchange's page fix-margin/market-data (272 and 273 in every entry) and its changelog of August 2026; a copy stands in
# github.com/justrhoto/kalshi-docs, commit 878c80de, docs/fix-margin/market-data.
# Needs Python 3.12 or newer (PYTHON=...) and a package index. Exit code 0: still so; 1: changed; 2: could not be run.
set -euo pipefail
version=22.4.0
for python in ${PYTHON:-python3.14 python3.13 python3.12 python3}; do
  "$python" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && break
  python=
done
[ -n "${python:-}" ] || { echo "needs Python 3.12 or newer (PYTHON=...)" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ "$python" -m venv "$folder/venv" && "$folder/venv/bin/pip" install -q "kalshi-sdk==$version"; } >&2 || { echo "kalshi-sdk $version cannot be installed here" >&2; exit 2; }
"$folder/venv/bin/python" - <<'PYTHON'
import importlib.metadata
import logging
import sys
import warnings

from kalshi.fix import FixParser, decode_app_message

logging.basicConfig(stream=sys.stdout, level=logging.DEBUG)
warnings.simplefilter("always")


def entries_read(msg_type, body):
    """How many entries the SDK reads of a message with this body."""
    fields = f"35={msg_type}|34=2|49=KalshiMD|52=20261001-14:30:00.123|56=key|{body}".replace("|", "\x01").encode()
    frame = b"8=FIXT.1.1\x019=%d\x01" % len(fields) + fields
    frame += b"10=%03d\x01" % (sum(frame) % 256)
    parser = FixParser()
    parser.append(frame)
    return len(decode_app_message(parser.get_message()).entries)


def messages(when):
    yield "W", 3, f"55=KXBTCPERP|268=3|269=0|270=6.2577|271=120.00|{when}269=0|270=6.2576|271=45.00|{when}269=1|270=6.2579|271=80.00|{when}"
    yield "X", 2, f"268=2|279=1|55=KXBTCPERP|269=0|270=6.2577|271=117.00|{when}279=1|55=KXBTCPERP|269=1|270=6.2579|271=70.00|{when}"


print("kalshi-sdk", importlib.metadata.version("kalshi-sdk"), "on Python", sys.version.split()[0])
changed = False
for what, when in (("without 272 and 273", ""), ("as documented", "272=20261001|273=14:30:00.120|")):
    for msg_type, sent, body in messages(when):
        read = entries_read(msg_type, body)
        print(f"{msg_type} of {sent} entries, {what}: {read} read")
        changed |= read != (1 if when else sent)
print("changed" if changed else "as told above")
sys.exit(changed)
PYTHON
