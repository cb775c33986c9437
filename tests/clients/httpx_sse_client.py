"""PyPI `httpx-sse`: resumes with Last-Event-ID. Prints the id of each event."""

import sys
import time

import httpx
from httpx_sse import connect_sse

url, key = sys.argv[1:3]
last = "0"
while True:
    headers = {"authorization": f"Bearer {key}", "last-event-id": last}
    try:
        with httpx.Client(timeout=60) as client:
            place = f"{url}/api/updates/real-time?topic=trade"
            with connect_sse(client, "GET", place, headers=headers) as source:
                for event in source.iter_sse():
                    last = event.id or last
                    # `retry:` comes as an event without data.
                    if event.event == "message" and event.data:
                        print(event.id, flush=True)
    except httpx.TransportError:
        pass
    time.sleep(0.1)
