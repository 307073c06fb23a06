#!/usr/bin/env bash
# Prints the call log, the latest first: read-the-call-log.sh [PAGE SIZE]
set -euo pipefail
auth="Authorization: Bearer $DENWABAN_API_KEY" # scope: call_events:read

cursor=
while true; do
  page=$(curl --silent --show-error --fail-with-body --get -H "$auth" -H 'Accept-Language: en' \
    --data-urlencode "limit=${1:-100}" ${cursor:+--data-urlencode "cursor=$cursor"} "$DENWABAN_URL/api/v1/call-events")
  jq -r '.items[] | "\(.at) \(.type) \(.caller."e164" // .caller.text)"' <<<"$page"
  # A cursor stays right while calls come in: nothing is shown twice or left out.
  cursor=$(jq -r '.next_cursor // empty' <<<"$page")
  [ -n "$cursor" ] || break
done
