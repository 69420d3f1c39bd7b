#!/bin/sh
# Uploads a recording, waits for it to be processed, has its clips made, and fetches them.
#
#   sh examples/curl.sh talk.mp4 [folder]
#
# It needs curl and jq, and reads BACKBEAT_URL and BACKBEAT_KEY.
set -eu

recording=$1
folder=${2:-clips}
base=${BACKBEAT_URL:-http://127.0.0.1:5001}

ask() { # method, address, further arguments of curl: the answer's body, or what was wrong
    method=$1 address=$2
    shift 2
    curl --silent --show-error --fail-with-body --retry 5 --header "x-api-key: ${BACKBEAT_KEY:-}" \
        --request "$method" "$@" "$base$address"
}

post() { # address, JSON
    ask POST "$1" --header 'Content-Type: application/json' --data "$2"
}

follow() { # job id: its result, once it is over
    while job=$(ask GET "/async/jobs/$1") && echo "$job" | jq -e '.status == "queued" or .status == "running"' >/dev/null; do
        echo "$job" | jq -r '"\(.progress) %  \(.message)"' >&2
        sleep 2
    done
    echo "$job" | jq -e 'select(.status == "completed") | .result' || {
        echo "$job" | jq -r '"\(.status): \(.error)"' >&2
        exit 1
    }
}

episode=$(ask POST /api/episodes --form "file=@$recording" | jq -r '.episode.id')
processing=$(post "/async/episodes/$episode/process" '{"target_stage": "rendered"}' | jq -r '.job_id')
follow "$processing"

clips=$(post "/async/episodes/$episode/render_clips" '{"variants": ["subtitled"], "aspect_ratios": ["9x16"]}' | jq -r '.job_id')
mkdir -p "$folder"
follow "$clips" | jq -r '.files[].url' | while read -r address; do
    ask GET "$address" --output "$folder/$(basename "$(dirname "$address")")-$(basename "$address")"
done
ls "$folder"
