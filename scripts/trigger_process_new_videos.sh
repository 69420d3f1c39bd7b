#!/bin/sh
# Has a running Backbeat look for stuck videos now, for those who schedule that elsewhere (see the file crontab).
#   BACKBEAT_URL      where it is; http://127.0.0.1:5001 if not said
#   BACKBEAT_API_KEY  a key with the role operator; none is needed while Backbeat is open
# Prints the answer. Exits with 0 if a run is over or under way, with 1 if it failed or a video could not be started,
# with 2 if Backbeat refuses, and with 3 if it cannot be reached.
set -eu

url="${BACKBEAT_URL:-http://127.0.0.1:5001}"
address="${url%/}/internal/process-new-videos/trigger"

# By standard input, since anybody on this machine may read the arguments of a program.
secrets() {
    if [ -n "${BACKBEAT_API_KEY:-}" ]; then
        printf 'header = "x-api-key: %s"\n' "$(printf '%s' "$BACKBEAT_API_KEY" | sed 's/[\\"]/\\&/g')"
    fi
}

if ! answer=$(secrets | curl --config - --silent --show-error --request POST --connect-timeout 10 --max-time 90 \
    --write-out '\n%{http_code}' "$address"); then
    echo "Backbeat cannot be reached at $url: is it running, and is BACKBEAT_URL right?" >&2
    exit 3
fi
status=${answer##*
}
body=${answer%
*}
case $status in
    200 | 202) echo "$body" ;;
    *)
        echo "Backbeat refused ($status): $body" >&2
        exit 2
        ;;
esac
case $body in
    *'"status":"failed"'*) exit 1 ;;
    *'"failed":0'*) exit 0 ;;
    *) exit 1 ;;
esac
