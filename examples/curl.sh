#!/bin/sh
# Uploads a recording, waits for it to be processed, has its clips made, and fetches them.
#
#   sh examples/curl.sh talk.mp4 [folder]
#
# It needs curl and jq, and reads BACKBEAT_URL and BACKBEAT_KEY. It ends with 1 at the first thing that is refused.
set -eu

recording=$1
folder=${2:-clips}
base=${BACKBEAT_URL:-http://127.0.0.1:5001}
run=$(date +%s)-$$
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

ask() { # address, further arguments of curl: the answer's body; what was wrong is told on stderr
    address=$1
    shift
    : >"$answer" # a file, since curl empties it before it tries again
    curl --silent --show-error --fail-with-body --retry 5 --retry-connrefused --output "$answer" \
        --header "x-api-key: ${BACKBEAT_KEY:-}" "$@" "$base$address" || {
        cat "$answer" >&2
        return 1
    }
    cat "$answer"
}

post() { # address, what this is in this run, further arguments of curl: sent again it is not done twice
    address=$1 what=$2
    shift 2
    ask "$address" --request POST --header "Idempotency-Key: $run-$what" "$@"
}

work() { # address, what this is in this run, JSON: the result of the job that it starts
    taken=$(post "$1" "$2" --header 'Content-Type: application/json' --data "$3") || return 1
    job_id=$(of "$taken" .job_id) || return 1
    while :; do
        job=$(ask "/async/jobs/$job_id") || return 1
        case $(of "$job" .status) in
        queued | running)
            of "$job" '"\(.progress) %  \(.message)"' >&2
            sleep 2
            ;;
        completed)
            of "$job" .result
            return
            ;;
        *)
            of "$job" '"\(.status): \(.error)"' >&2
            return 1
            ;;
        esac
    done
}

of() { # JSON, what of it; null is an error
    printf '%s' "$1" | jq -er "$2"
}

uploaded=$(post /api/episodes upload --form "file=@$recording")
episode=$(of "$uploaded" .episode.id)
work "/async/episodes/$episode/process" process '{"target_stage": "rendered"}' >&2

wanted='{"variants": ["subtitled"], "aspect_ratios": ["9x16"]}'
clips=$(work "/async/episodes/$episode/render_clips" clips "$wanted")
mkdir -p "$folder"
for address in $(of "$clips" '.files[].url'); do
    ask "$address" >"$folder/$(basename "$(dirname "$address")")-$(basename "$address")"
done
ls "$folder"
