#!/usr/bin/env bash
# Imports a block list from a CSV file into the first number: import-a-block-list.sh list.csv [--skip-invalid]
set -euo pipefail
api=$DENWABAN_URL/api/v1 file=$1 option=${2:-}
auth="Authorization: Bearer $DENWABAN_API_KEY" # scopes: numbers:read, block_list:write
number_id=$(curl --silent --show-error --fail-with-body -H "$auth" "$api/numbers?limit=1" | jq -r '.items[0].id')
list=$api/numbers/$number_id/block-list

# A preview changes nothing and says what would become of each row. It is kept for an hour.
preview=$(curl --silent --show-error --fail-with-body -H "$auth" -H 'Accept-Language: en' -H 'Content-Type: text/csv' \
  --data-binary "@$file" "$list/imports?dry_run=true")
jq -r '"\(.total) rows: \(.added) new, \(.duplicates) known already, \(.invalid) wrong",
  (.rows[] | select(.outcome == "invalid") | "  line \(.line): \(.value): \(.reason)")' <<<"$preview"
if [ "$(jq .invalid <<<"$preview")" != 0 ] && [ "$option" != --skip-invalid ]; then
  echo "nothing was imported; mend the file, or use --skip-invalid" >&2
  exit 1
fi

curl --silent --show-error --fail-with-body -H "$auth" -H 'Content-Type: application/json' -d '{"skip_invalid": true}' \
  "$list/imports/$(jq -r .import_id <<<"$preview")/apply" | jq -r '"\(.added) added"'
