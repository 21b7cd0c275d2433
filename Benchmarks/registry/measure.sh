# What is measured, and how the table is made. Sourced by bench; a side is "ours" or "peer".

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# The sides of a round: the order alternates, so that neither always finds a warm or a busy disk.
order() {
    if [ $(($1 % 2)) = 0 ]; then tr ' ' '\n' <<<"$sides" | tac | tr '\n' ' '; else echo "$sides"; fi
}

# SIDE FIGURE COMMAND...: keeps what the command prints; a command that fails or prints nothing ends the run.
measure() {
    local value side=$1 figure=$2
    shift 2
    value=$("$@")
    [ -n "$value" ] || { say "$side: no figure for $figure"; return 1; }
    printf '%s %s %s\n' "$side" "$figure" "$value" >>"$results"
}

median() { # SIDE FIGURE -> median, or "-"
    awk -v side="$1" -v figure="$2" '$1 == side && $2 == figure { print $3 }' "$results" | sort -n |
        awk '{ value[NR] = $1 } END { if (!NR) print "-"; else if (NR % 2) print value[(NR + 1) / 2]; else print (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

# Waits until a URL answers 200, at most 30 s.
await() {
    local deadline=$(($(now_ms) + 30000))
    until [ "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$1" "$2")" = 200 ]; do
        [ "$(now_ms)" -lt "$deadline" ] || { say "$2 does not answer"; return 1; }
        sleep 0.01
    done
}

memory() { # FIELD PIDS -> MiB, summed over the pids
    local pid sum=0
    for pid in $(tr , ' ' <<<"$2"); do
        sum=$((sum + $(awk -v field="$1:" '$1 == field { print $2 }' "/proc/$pid/status")))
    done
    awk -v sum="$sum" 'BEGIN { printf "%.1f\n", sum / 1024 }'
}

upload() { # SIDE FILE: one blob, POST then PUT
    local url location sum
    url=$("${1}_url")
    sum=$(cat "$2.sha256")
    location=$(curl -sS -f --http1.1 -o /dev/null -D - --cacert "$folder/tls.pem" -X POST -H 'Content-Length: 0' -H "@$folder/$1.headers" \
        "$url/v2/bench/app/blobs/uploads/" | tr -d '\r' | sed -n 's/^location: //Ip')
    case "$location" in http*) ;; *) location=$url$location;; esac
    case "$location" in *\?*) location="$location&";; *) location="$location?";; esac
    curl -sS -f --http1.1 -o /dev/null --cacert "$folder/tls.pem" -H 'Expect:' -H "@$folder/$1.headers" \
        -H 'Content-Type: application/octet-stream' -T "$2" "${location}digest=sha256:$sum"
}

rate() { # BYTES MILLISECONDS -> MB/s
    awk -v bytes="$1" -v ms="$2" 'BEGIN { printf "%.0f\n", bytes / 1000 / (ms < 1 ? 1 : ms) }'
}

push() { # SIDE [COUNT]: MB/s of COUNT blobs at once
    local count=${2:-5} number start bytes=0 jobs=()
    for number in $(seq "$count"); do
        [ -e "$folder/blob-$number.sha256" ] && [ "$folder/blob-$number.sha256" -nt "$folder/blob-$number" ] ||
            sha256sum "$folder/blob-$number" | cut -d' ' -f1 >"$folder/blob-$number.sha256"
        bytes=$((bytes + $(stat -c %s "$folder/blob-$number")))
    done
    start=$(now_ms)
    for number in $(seq "$count"); do upload "$1" "$folder/blob-$number" & jobs+=($!); done
    for number in "${jobs[@]}"; do wait "$number"; done
    rate "$bytes" $(($(now_ms) - start))
}

# What the disk alone gives: the same bytes, written and synced by dd.
disk_rate() {
    local start number
    start=$(now_ms)
    for number in 1 2 3 4 5; do dd if="$folder/blob-$number" of="$folder/dd" bs=1M conv=fsync 2>/dev/null; done
    rate "$(($(stat -c %s "$folder/blob-1") * 5))" $(($(now_ms) - start))
    rm -f "$folder/dd"
}

small_images() { # SIDE: images/s of 8 pushers
    python3 "$repository/Benchmarks/registry/images.py" "$("${1}_url")" "$folder/tls.pem" "$folder/$1.headers" 8 "$load"
}

pull() { # SIDE [COUNT [BYTES]]: MB/s of COUNT blobs at once, whole or their first BYTES from the second on
    local count=${2:-5} number start bytes=0 jobs=() range=()
    [ -z "${3:-}" ] || range=(-r "1-$3")
    for number in $(seq "$count"); do bytes=$((bytes + ${3:-$(stat -c %s "$folder/blob-$number")})); done
    start=$(now_ms)
    for number in $(seq "$count"); do
        curl -sS -f --http1.1 -o /dev/null --cacert "$folder/tls.pem" -H "@$folder/$1.headers" "${range[@]}" \
            "$("${1}_url")/v2/bench/app/blobs/sha256:$(cat "$folder/blob-$number.sha256")" & jobs+=($!)
    done
    for number in "${jobs[@]}"; do wait "$number"; done
    rate "$bytes" $(($(now_ms) - start))
}

put_manifest() { # SIDE: a manifest of one small layer, tagged 1
    local blob=$folder/small layers size sum
    printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}' >"$blob"
    sha256sum "$blob" | cut -d' ' -f1 >"$blob.sha256"
    upload "$1" "$blob"
    size=$(stat -c %s "$blob")
    sum=$(cat "$blob.sha256")
    layers=$(for _ in 1 2 3 4; do printf '{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%s","size":%s},' "$sum" "$size"; done)
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s]}' \
        "$sum" "$size" "${layers%,}" >"$folder/manifest"
    curl -sS -f -o /dev/null --cacert "$folder/tls.pem" -H "@$folder/$1.headers" -X PUT \
        -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary "@$folder/manifest" "$("${1}_url")/v2/bench/app/manifests/1"
}

# Successful requests a second; answers other than 2xx are an error, never a figure.
requests_per_second() { # SIDE URL [WRK OPTION...]
    local header options=("${@:3}")
    while IFS= read -r header; do options+=(-H "$header"); done <"$folder/$1.headers"
    wrk -t2 -c16 -d"${load}s" "${options[@]}" -H 'Accept: application/vnd.oci.image.manifest.v1+json' "$2" |
        tee "$folder/wrk" | awk '/Requests\/sec/ { print int($2) }'
    if grep -q 'Non-2xx' "$folder/wrk"; then say "$1: $(grep Non-2xx "$folder/wrk")"; return 1; fi
}

heads_per_second() { # SIDE
    python3 "$repository/Benchmarks/registry/heads.py" "$("${1}_url")" "$folder/tls.pem" "$folder/$1.headers" /v2/bench/app/manifests/1 16 "$load"
}

# Milliseconds within which 99 of 100 manifests come, with two connections: half of what two cores can serve.
late_manifest() { # SIDE URL
    local header options=()
    while IFS= read -r header; do options+=(-H "$header"); done <"$folder/$1.headers"
    wrk -t1 -c2 -d"${load}s" --latency "${options[@]}" -H 'Accept: application/vnd.oci.image.manifest.v1+json' "$2" | awk '
        $1 == "99%" { value = $2 + 0; if ($2 ~ /us$/) value /= 1000; else if ($2 !~ /ms$/) value *= 1000; printf "%.2f\n", value }'
}

ratio() { # OURS PEER more|less -> how far ours is ahead
    awk -v ours="$1" -v peer="$2" -v better="$3" 'BEGIN {
        if (ours == "-" || peer == "-" || ours + 0 == 0 || peer + 0 == 0) print "-"
        else printf "%.2f x\n", better == "more" ? ours / peer : peer / ours }'
}

row() { printf '  %-58s %12s %12s %10s\n' "$@"; }

figure_row() { # NAME FIGURE more|less
    local ours peer
    ours=$(median ours "$2")
    peer=$(median peer "$2")
    row "$1" "$ours" "$peer" "$(ratio "$ours" "$peer" "$3")"
}

memory_rows() { # WORDS FIELD
    local process
    row "$1: proxy | nginx (all its processes)" "$(median ours "$2:proxy")" "$(median peer "$2:nginx")" \
        "$(ratio "$(median ours "$2:proxy")" "$(median peer "$2:nginx")" less)"
    row "$1: registry | docker-registry" "$(median ours "$2:registry")" "$(median peer "$2:registry")" \
        "$(ratio "$(median ours "$2:registry")" "$(median peer "$2:registry")" less)"
    for process in auth supervisor; do row "$1: $process" "$(median ours "$2:$process")" "" ""; done
}

table() {
    printf '\n%s, %s cores, %s. Medians of %s rounds. Ratio above 1: ours is ahead.\n' \
        "$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo)" "$(nproc)" "$(date -u +%FT%RZ)" "$rounds"
    printf 'Peer: nginx %s (TLS, 2 workers, no request or response buffering, keep-alive upstream) and docker-registry %s,\n' \
        "$(nginx -v 2>&1 | cut -d/ -f2)" "$(docker-registry --version 2>/dev/null | awk '{ print $3 }')"
    printf 'authentication OFF at the peer; ours verifies a signed token at every request. Same certificate, same disk, HTTP/1.1 as docker speaks.\n\n'
    row figure ours peer ratio
    row "----------------------------------------------------------" "------------" "------------" "----------"
    row "the registries alone, plain HTTP, no authentication" "" "" ""
    figure_row "  push 5 x 100 MB at once, MB/s" alone_push_MB_s more
    row "  dd conv=fsync of the same bytes, MB/s; ours of it" "$(median disk alone_dd_MB_s)" "" \
        "$(ratio "$(median ours alone_push_MB_s)" "$(median disk alone_dd_MB_s)" more)"
    figure_row "  push 5 x 100 MB at once on tmpfs, MB/s" memory_push_MB_s more
    figure_row "  pull 5 x 100 MB at once, MB/s" alone_pull_MB_s more
    figure_row "  small images (config, 5 KB layer, manifest), 8 pushers, /s" alone_images_s more
    figure_row "  manifest GET by tag, 16 connections, /s" alone_GET_s more
    figure_row "  manifest HEAD by tag, 16 connections, /s" alone_HEAD_s more
    figure_row "  manifest GET by tag, 2 connections, p99, ms" alone_p99_ms less
    figure_row "  peak of 64 uploads at once, MiB" alone_crowd_MiB less
    row "through TLS; ours with a token at every request" "" "" ""
    figure_row "push 5 x 100 MB at once, MB/s" push_MB_s more
    figure_row "pull 5 x 100 MB at once, MB/s" pull_MB_s more
    figure_row "pull 90 MB of each from byte 1, MB/s" part_MB_s more
    row "dd conv=fsync of the same bytes, MB/s" "$(median disk dd_MB_s)" "" ""
    figure_row "small images (config, 5 KB layer, manifest), 8 pushers, /s" small_images_s more
    figure_row "manifest GET by tag, 16 connections, /s" manifest_GET_s more
    figure_row "manifest HEAD by tag, 16 connections, /s" manifest_HEAD_s more
    figure_row "manifest GET by tag, 2 connections, p99, ms" manifest_p99_ms less
    row "tokens, the same password each time, /s" "$(median ours token_s)" "15-25 (*)" ""
    row "tokens, another wrong password each time, /s" "$(median ours token_anew_s)" "15-25 (*)" ""
    figure_row "first start to ready, ms" first_start_ms less
    figure_row "second start to ready, ms" second_start_ms less
    memory_rows "RSS after load, MiB" rss_MiB
    memory_rows "peak for 1 GiB, MiB" peak_MiB
    printf '\n(*) docker_auth is not in Debian: its figure is the recorded one of a 2-core machine, bcrypt cost 10, without TLS;\n'
    printf '    without a password check (none here) it is 488-915 with RSA-2048 and 5,100-7,017 with P-256.\n'
    case "$sides" in *ours*) ;; *) return 0;; esac
    local over
    over=$(awk '$1 == "ours" && $2 ~ /^peak_MiB:(proxy|registry)$/ && $3 >= 64 { print "    " substr($2, 10) ": " $3 " MiB" }' "$results")
    if [ -z "$over" ]; then
        printf '    Peak of proxy and registry for 1 GiB: under the bar of 64 MiB each.\n'
    else
        printf '    OVER the bar of 64 MiB for 1 GiB:\n%s\n' "$over"
    fi
}
