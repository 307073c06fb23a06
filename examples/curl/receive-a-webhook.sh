#!/usr/bin/env bash
# Receives one webhook on standard input and answers it on standard output, as inetd, systemd or socat start it:
#   socat TCP-LISTEN:8080,reuseaddr,fork EXEC:./receive-a-webhook.sh
# DENWABAN_WEBHOOK_SECRET is the secret that was shown when the service was made. What was received goes to standard error.
set -euo pipefail
export LC_ALL=C # lengths are bytes

answer() {
  printf 'HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$1"
  exit
}

id= timestamp= signatures= length=0
read -r _
while IFS= read -r line && line=${line%$'\r'} && [ -n "$line" ]; do
  value=${line#*: }
  case $(tr '[:upper:]' '[:lower:]' <<<"${line%%:*}") in
  webhook-id) id=$value ;;
  webhook-timestamp) timestamp=$value ;;
  webhook-signature) signatures=$value ;;
  content-length) length=$value ;;
  esac
done
IFS= read -r -N "$length" body

# What is older than five minutes may be an old request that somebody has recorded.
[[ $timestamp =~ ^[0-9]+$ ]] || answer '400 Bad Request'
age=$(($(date +%s) - timestamp))
[ "${age#-}" -le 300 ] || answer '401 Unauthorized'

# HMAC-SHA256 over id, time and the bytes of the body; the key is the base64 behind `whsec_`.
key=$(printf %s "${DENWABAN_WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected=$(printf '%s.%s.%s' "$id" "$timestamp" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
# While a secret is being replaced there are two signatures; one of them has to be right.
[[ " $signatures " == *" v1,$expected "* ]] || answer '401 Unauthorized'

# The same id may come again. Keep what you have seen, answer at once, and work afterwards.
jq -r '"\(.type) from \(.data.caller."e164" // .data.caller.text)"' <<<"$body" >&2
answer '204 No Content'
