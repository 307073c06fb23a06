"""Renames a number, without overwriting what others change meanwhile: rename_a_number.py +815012345678 "Sales" """

import os
import sys

import httpx

wanted, name = sys.argv[1:3]
# Scopes of the key: numbers:read, numbers:write.
api = httpx.Client(
    base_url=os.environ["DENWABAN_URL"] + "/api/v1",
    headers={"Authorization": f"Bearer {os.environ['DENWABAN_API_KEY']}", "Accept-Language": "en"},
)
numbers = api.get("/numbers", params={"limit": 200}).raise_for_status().json()["items"]
path = next(f"/numbers/{number['id']}" for number in numbers if number["e164"] == wanted)

for _ in range(3):
    # The ETag is the version that we have read; If-Match says that we change this one and no other.
    etag = api.get(path).raise_for_status().headers["ETag"]
    answer = api.patch(path, json={"name": name}, headers={"If-Match": etag})
    if answer.status_code != 412:
        break
    print("somebody else has changed it meanwhile; reading it again", file=sys.stderr)
number = answer.raise_for_status().json()
print(f"{number['e164']} is called {number['name']} now")
