"""Prints the call log, the latest first: read_the_call_log.py [PAGE SIZE]"""

import os
import sys
from collections.abc import Iterator
from typing import Any

import httpx

# Scope of the key: call_events:read.
api = httpx.Client(
    base_url=os.environ["DENWABAN_URL"] + "/api/v1",
    headers={"Authorization": f"Bearer {os.environ['DENWABAN_API_KEY']}", "Accept-Language": "en"},
)


def every(path: str, limit: int) -> Iterator[dict[str, Any]]:
    """The items of all pages. A cursor stays right while calls come in: nothing is shown twice or left out."""
    query: dict[str, str | int] = {"limit": limit}
    while True:
        page = api.get(path, params=query).raise_for_status().json()
        yield from page["items"]
        if page["next_cursor"] is None:
            return
        query["cursor"] = page["next_cursor"]


for event in every("/call-events", int(sys.argv[1]) if len(sys.argv) > 1 else 100):
    print(event["at"], event["type"], event["caller"]["e164"] or event["caller"]["text"])
