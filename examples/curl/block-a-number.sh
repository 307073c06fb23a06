#!/usr/bin/env bash
# Blocks a caller on the first number of the contract: block-a-number.sh 0120-000-111 "telephone sales"
set -euo pipefail
api=$DENWABAN_URL/api/v1 caller=$1 note=${2:-}
auth="Authorization: Bearer $DENWABAN_API_KEY" # scopes: numbers:read, block_list:write

number_id=$(curl --silent --show-error --fail-with-body -H "$auth" "$api/numbers?limit=1" | jq -r '.items[0].id')

# Under one Idempotency-Key a request happens once, however often it has to be sent.
answer=$(curl --silent --show-error --write-out '\n%{http_code}' --retry 3 \
  -H "$auth" -H 'Content-Type: application/json' -H "Idempotency-Key: block-$caller-$RANDOM$RANDOM" \
  -d "$(jq -n --arg caller "$caller" --arg note "$note" '{caller: $caller, note: $note}')" \
  "$api/numbers/$number_id/block-list/entries")

body=${answer%$'\n'*}
if [ "${answer##*$'\n'}" != 201 ]; then
  # What is wrong with a field stands in `errors`, in the language of Accept-Language.
  jq -r '.detail, (.errors[]? | "\(.pointer): \(.message)")' <<<"$body" >&2
  exit 1
fi
jq -r '"blocked \(.caller_text), entry \(.id)"' <<<"$body"
