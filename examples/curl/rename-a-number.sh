#!/usr/bin/env bash
# Renames a number, without overwriting what others change meanwhile: rename-a-number.sh +815012345678 "Sales"
set -euo pipefail
api=$DENWABAN_URL/api/v1 wanted=$1 name=$2
auth="Authorization: Bearer $DENWABAN_API_KEY" # scopes: numbers:read, numbers:write
# (jq takes e164 without quotes for a number.)
number_id=$(curl --silent --show-error --fail-with-body -H "$auth" "$api/numbers?limit=200" |
  jq -er --arg wanted "$wanted" '.items[] | select(."e164" == $wanted).id')

for _ in 1 2 3; do
  # The ETag is the version that we have read; If-Match says that we change this one and no other.
  etag=$(curl --silent --show-error --fail -o /dev/null -D - -H "$auth" "$api/numbers/$number_id" |
    tr -d '\r' | sed -n 's/^etag: //Ip')
  answer=$(curl --silent --show-error --write-out '\n%{http_code}' -X PATCH \
    -H "$auth" -H "If-Match: $etag" -H 'Content-Type: application/json' \
    -d "$(jq -n --arg name "$name" '{name: $name}')" "$api/numbers/$number_id")
  case ${answer##*$'\n'} in
  200) jq -r '"\(."e164") is called \(.name) now"' <<<"${answer%$'\n'*}" && exit ;;
  412) echo "somebody else has changed it meanwhile; reading it again" >&2 ;;
  *) jq -r '.detail' <<<"${answer%$'\n'*}" >&2 && exit 1 ;;
  esac
done
exit 1
