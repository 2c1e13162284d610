#!/usr/bin/env bash
# pykalshi 2.0.0 (PyPI): one place_order() is two orders where the exchange took the first and its answer was lost on the way.
# One would have guessed: a client that takes a client_order_id for each order ("idempotency key", says its own documentation) and tries
#   again by itself gives its own tries one such id, so that the exchange knows the second for the first; or it tries again what only reads
#   (GET) and leaves it to the caller what may have been done.
# What happens: POST is tried again as GET is, after 504 (and 500, 502, 503) and after a read timeout, up to three more times, and where the
#   caller gave no client_order_id none is sent. The caller gets one Order; the other orders are known to the exchange alone. With a
#   client_order_id of the caller's the same POST goes out as often, and the exchange can tell.
# Source: the docstring of place_order() (client_order_id) and the package's front page ("automatic retries", for "rate limits and transient
#   errors"); read in pykalshi/_sync/client.py, _request().
# What follows for us: our REST client tries nothing again but GET (docs/rest.md); an order through pykalshi gets a client_order_id.
# Needs python3 (3.9 or newer) with venv. The exchange here is a few lines on loopback that take every order and lose their first answer.
# Exit code 0: still so; 1: changed; 2: could not be run.
set -euo pipefail
version=2.0.0
command -v python3 >/dev/null || { echo "needs python3 with venv"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q "pykalshi==$version"; } >"$work/install.log" 2>&1 || { tail -3 "$work/install.log"; exit 2; }
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import http.server
import importlib.metadata
import json
import sys
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pykalshi import Action, KalshiClient, Side

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
with open("key.pem", "wb") as file:
    file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


class Exchange(http.server.BaseHTTPRequestHandler):
    """Takes each order. The answer to the first is lost: a proxy says 504, or nobody says anything until the client has given up."""

    lost_by = None
    taken = []
    given_up = threading.Event()

    def do_POST(self):
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append(order)
        first = len(self.taken) == 1
        if first and self.lost_by == "silence":
            self.given_up.wait(30)
            self.close_connection = True
            return
        self.given_up.set()
        body = b"" if first else json.dumps(
            {"order_id": f"order-{len(self.taken)}", "fill_count": "0.00", "remaining_count": order["count"], "ts_ms": 1796083200000}).encode()
        self.send_response(504 if first else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
threading.Thread(target=server.serve_forever, daemon=True).start()


def place(lost_by, **ids):
    """One call of place_order(): which orders the exchange got, with which client_order_id, and of which one the caller hears."""
    Exchange.lost_by = lost_by
    Exchange.taken = []
    Exchange.given_up = threading.Event()
    client = KalshiClient(api_key_id="key", private_key_path="key.pem", api_base=f"http://127.0.0.1:{server.server_port}/trade-api/v2", timeout=1)
    order = client.portfolio.place_order("EXAMPLE-MARKET", Action.BUY, Side.YES, "10.00", yes_price_dollars="0.45", **ids)
    taken = [(f"order-{i + 1}", body.get("client_order_id")) for i, body in enumerate(Exchange.taken)]
    return taken, order.order_id


print("pykalshi", importlib.metadata.version("pykalshi"), "on Python", sys.version.split()[0])
changed = False
for lost_by in ("504", "silence"):
    for ids in ({}, {"client_order_id": "mine-1"}):
        taken, told = place(lost_by, **ids)
        print(f"first answer lost by {lost_by}, {ids or 'no client_order_id'}: the exchange got {taken}, the caller hears of {told}")
        changed |= (taken, told) != ([(f"order-{i}", ids.get("client_order_id")) for i in (1, 2)], "order-2")
print("changed" if changed else "as told above: one call, two orders")
sys.exit(changed)
PYTHON
