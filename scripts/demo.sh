#!/usr/bin/env bash
# The whole of Tapedeck on a simulated fleet: record, ask, replay at ten times the speed, compare. Leaves nothing behind.
set -euo pipefail

tapedeck=$1
folder=$(mktemp -d /tmp/tapedeck-demo-XXXXXX)
pids=()

cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap cleanup EXIT

step() { printf '\n\033[1m== %s\033[0m\n' "$1"; }
announce() { printf '\033[36m$ tapedeck %s\033[0m\n' "$*"; }
show() {
    announce "$@"
    "$tapedeck" "$@"
}

mosquitto=$(command -v mosquitto || echo /usr/sbin/mosquitto)
start_broker() { # NAME: starts a broker on a free loopback port and sets $port
    local try
    for try in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 20000))
        printf 'listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n' "$port" >"$folder/$1.conf"
        "$mosquitto" -c "$folder/$1.conf" >"$folder/$1.log" 2>&1 &
        local pid=$!
        for _ in $(seq 100); do
            if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
                pids+=("$pid")
                return 0
            fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.02
        done
        kill "$pid" 2>/dev/null || true
    done
    echo "demo: mosquitto does not start: $(cat "$folder/$1.log")" >&2
    return 1
}

export TAPEDECK_REDACTION_KEY_FILE="$folder/redaction.key"
cd "$folder"
case $tapedeck in /*) ;; *) tapedeck="$OLDPWD/$tapedeck" ;; esac

step "A broker, and a recorder on it"
start_broker production
production=$port
announce record fleet.tape --broker "mqtt://127.0.0.1:$production"
"$tapedeck" record fleet.tape --broker "mqtt://127.0.0.1:$production" 2>record.log &
recorder=$!
pids+=("$recorder")
for _ in $(seq 200); do grep -q '^recording ' record.log 2>/dev/null && break; sleep 0.05; done
cat record.log

step "A fleet of 12 devices and its cloud, for 10 seconds"
show simulate --broker "mqtt://127.0.0.1:$production" --devices 12 --rate 60 --duration 10s --seed 7 --odd 0.02
kill -TERM "$recorder"
wait "$recorder" || true
tail -n +2 record.log

step "What is on the tape?"
show info fleet.tape --format table
step "Which devices?"
show query devices fleet.tape -n 5 --format table
step "What became of the commands?"
show query commands fleet.tape -n 8 --format table
step "How did one metric go?"
show query telemetry fleet.tape -m 'temp*' -n 5 --format table
step "The raw messages, as JSON Lines"
show query messages fleet.tape --kind command -n 2 --format jsonl

step "Replayed at ten times the speed into a second broker, and recorded there"
start_broker staging
staging=$port
"$tapedeck" record staging.tape --broker "mqtt://127.0.0.1:$staging" 2>replayed.log &
recorder=$!
pids+=("$recorder")
for _ in $(seq 200); do grep -q '^recording ' replayed.log 2>/dev/null && break; sleep 0.05; done
# What stands in configurations for secrets may go out here: nobody listens who could take it for one.
show replay fleet.tape --broker "mqtt://127.0.0.1:$staging" --rate 10 --send-placeholders
sleep 0.3
kill -TERM "$recorder"
wait "$recorder" || true
tail -n +2 replayed.log

step "Both runs side by side: what the devices said, in order, topic by topic"
said() { "$tapedeck" query messages "$1" --format jsonl -q 2>/dev/null \
    --kind telemetry --kind config_update --kind command_update --kind license_update --kind device_update \
    --kind cloud_setting --kind snapshot_request --kind unknown \
    | sed -E 's/^.*"topic":("[^"]*").*,"(payload(_base64)?)":("([^"\\]|\\.)*").*$/\1 \4/' | sort -s -k1,1; }
if cmp -s <(said fleet.tape) <(said staging.tape); then
    echo "the same $(said fleet.tape | wc -l) messages on both tapes"
else
    echo "the tapes differ:"
    diff <(said fleet.tape) <(said staging.tape) | head -n 5
    exit 1
fi
echo
echo "make demo: done; everything was in $folder and is gone now"
