"""Imports a block list from a CSV file into the first number: import_a_block_list.py list.csv [--skip-invalid]"""

import os
import sys
from pathlib import Path

import httpx

# Scopes of the key: numbers:read, block_list:write.
api = httpx.Client(
    base_url=os.environ["DENWABAN_URL"] + "/api/v1",
    headers={"Authorization": f"Bearer {os.environ['DENWABAN_API_KEY']}", "Accept-Language": "en"},
)
number_id = api.get("/numbers", params={"limit": 1}).raise_for_status().json()["items"][0]["id"]
imports = f"/numbers/{number_id}/block-list/imports"

# A preview changes nothing and says what would become of each row. It is kept for an hour. The file goes as it is: UTF-8 and
# Shift_JIS are recognised.
preview = (
    api.post(
        imports,
        params={"dry_run": True},
        content=Path(sys.argv[1]).read_bytes(),
        headers={"Content-Type": "text/csv"},
    )
    .raise_for_status()
    .json()
)
print("{total} rows: {added} new, {duplicates} known already, {invalid} wrong".format(**preview))
for row in preview["rows"]:
    if row["outcome"] == "invalid":
        print(f"  line {row['line']}: {row['value']}: {row['reason']}")
if preview["invalid"] and "--skip-invalid" not in sys.argv:
    sys.exit("nothing was imported; mend the file, or use --skip-invalid")

applied = api.post(f"{imports}/{preview['import_id']}/apply", json={"skip_invalid": True}).raise_for_status().json()
print(applied["added"], "added")
