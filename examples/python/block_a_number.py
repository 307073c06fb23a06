"""Blocks a caller on the first number of the contract: block_a_number.py 0120-000-111 "telephone sales" """

import os
import sys
import uuid

import httpx

caller, note = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
# Scopes of the key: numbers:read, block_list:write.
api = httpx.Client(
    base_url=os.environ["DENWABAN_URL"] + "/api/v1",
    headers={"Authorization": f"Bearer {os.environ['DENWABAN_API_KEY']}", "Accept-Language": "en"},
)

numbers = api.get("/numbers", params={"limit": 1}).raise_for_status().json()
number_id = numbers["items"][0]["id"]

answer = api.post(
    f"/numbers/{number_id}/block-list/entries",
    json={"caller": caller, "note": note},
    # Under one key a request happens once, however often it has to be sent.
    headers={"Idempotency-Key": str(uuid.uuid4())},
)
if answer.status_code == 422:
    # What is wrong with a field stands in `errors`, in the language of Accept-Language.
    sys.exit("\n".join(f"{error['pointer']}: {error['message']}" for error in answer.json().get("errors", [])))
entry = answer.raise_for_status().json()
print(f"blocked {entry['caller_text']}, entry {entry['id']}")
