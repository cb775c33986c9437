"""Follows a stream over a WebSocket and TLS: prints each event's id and type, until killed.

follow.py PORT NAME CERTIFICATE KEY
"""

import json
import socket
import ssl
import sys

from websockets.sync.client import connect

port, name, certificate, key = sys.argv[1:]
trust = ssl.create_default_context(cafile=certificate)
# The name is nobody's but the test's: it is looked up nowhere.
connection = socket.create_connection(("127.0.0.1", int(port)))
with connect(
    f"wss://{name}:{port}/api/updates/real-time",
    sock=connection,
    ssl=trust,
    server_hostname=name,
    additional_headers={"Authorization": f"Bearer {key}"},
) as messages:
    messages.send(json.dumps({"type": "subscribe", "filter": {"topic": ["trade"]}}))
    for text in messages:
        message = json.loads(text)
        if message["kind"] == "subscribed":
            # Nothing is missed from here on.
            print("open", flush=True)
        if message["kind"] == "event":
            print(message["id"], message["event"]["type"], flush=True)
