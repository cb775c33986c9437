"""Follows a stream over a WebSocket and TLS: prints each event's id and type, until killed.

follow.py PORT NAME CERTIFICATE KEY
"""

import asyncio
import json
import ssl
import sys

# Not `websockets.sync`: it reads and writes one TLS socket from two threads, which Python's `ssl` does not bear
# (python-engineio#461 has the proof): one request in 150 was never sent.
from websockets.asyncio.client import connect


async def follow(port, name, certificate, key):
    async with connect(
        f"wss://{name}:{port}/api/updates/real-time",
        # The name is nobody's but the test's: it is looked up nowhere.
        host="127.0.0.1",
        port=int(port),
        ssl=ssl.create_default_context(cafile=certificate),
        server_hostname=name,
        additional_headers={"Authorization": f"Bearer {key}"},
    ) as messages:
        await messages.send(json.dumps({"type": "subscribe", "filter": {"topic": ["trade"]}}))
        async for text in messages:
            message = json.loads(text)
            if message["kind"] == "subscribed":
                # Nothing is missed from here on.
                print("open", flush=True)
            if message["kind"] == "event":
                print(message["id"], message["event"]["type"], flush=True)


asyncio.run(follow(*sys.argv[1:]))
