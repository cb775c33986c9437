"""PyPI `websockets`: resumes behind the last id that it has. Prints the id of each event."""

import json
import sys
import time

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

url, key = sys.argv[1:3]
after = "0"
while True:
    place = f"{url.replace('http', 'ws')}/api/updates/real-time?topic=trade&after={after}"
    try:
        with connect(place, additional_headers={"authorization": f"Bearer {key}"}) as socket:
            for text in socket:
                message = json.loads(text)
                after = message.get("id", after)
                if message["kind"] == "event":
                    print(message["id"], flush=True)
    except (OSError, EOFError, ConnectionClosed, InvalidHandshake):
        pass
    time.sleep(0.1)
