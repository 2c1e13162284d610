#!/usr/bin/env python3
"""Follows the stream of a reconciliation service: pip install nats-py, then

    stream_consumer.py nats://127.0.0.1:4222 [COUNT]

Prints each execution once. What every consumer does stands in it: begin where one was (a real one keeps the sequence beside its own data),
take each message id once, look at the schema, keep ids, prices and quantities as texts (decimal.Decimal for arithmetic, never float).
docs/stream.md explains the members.
"""
import asyncio
import json
import sys
from decimal import Decimal

import nats
from nats.js.api import ConsumerConfig, DeliverPolicy

SCHEMA = "marginfix.stream.1"


async def follow(url, count):
    connection = await nats.connect(url)
    stream = connection.jetstream()
    # Or DeliverPolicy.BY_START_SEQUENCE with opt_start_seq: where one was.
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    subscription = await stream.subscribe("marginfix.execution.>", stream="MARGINFIX", ordered_consumer=True, config=config)
    seen, printed = set(), 0
    while count == 0 or printed < count:
        try:
            message = await subscription.next_msg(timeout=1)
        except nats.errors.TimeoutError:
            continue
        message_id = (message.headers or {}).get("Nats-Msg-Id")
        if message_id in seen:
            continue
        seen.add(message_id)
        event = json.loads(message.data)
        if event["schema"] != SCHEMA:
            sys.exit("an event of another schema: this program must be brought up to date")
        value = Decimal(event["price"]) * Decimal(event["quantity"])
        print(event["account"], event["symbol"], event["side"], event["quantity"], "at", event["price"], "ExecID", event["exec_id"],
              "worth", value, flush=True)
        printed += 1
    await connection.close()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    asyncio.run(follow(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
