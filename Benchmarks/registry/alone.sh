# The two registries alone, over plain HTTP on loopback, without a proxy and without authentication: what a registry itself costs.
# A side is "ours_alone" or "peer_alone" on the disk, "ours_memory" or "peer_memory" on tmpfs. Sourced by bench.

alone_port=${ALONE_PORT:-28600}
memory_folder=

# SIDE -> its port
alone_side_port() {
    case "$1" in ours_alone) echo "$alone_port";; peer_alone) echo $((alone_port + 1));; ours_memory) echo $((alone_port + 2));; *) echo $((alone_port + 3));; esac
}

ours_alone_url() { echo "http://127.0.0.1:$(alone_side_port ours_alone)"; }
peer_alone_url() { echo "http://127.0.0.1:$(alone_side_port peer_alone)"; }
ours_memory_url() { echo "http://127.0.0.1:$(alone_side_port ours_memory)"; }
peer_memory_url() { echo "http://127.0.0.1:$(alone_side_port peer_memory)"; }

alone_start() { # SIDE
    local side=$1 data=$folder/$1.data
    case "$side" in
        *_memory) memory_folder=${memory_folder:-$(mktemp -d /dev/shm/bench.XXXXXX)}; data=$memory_folder/$side;;
    esac
    mkdir -p "$data"
    : >"$folder/$side.headers"
    {
        printf 'version: 0.1\nlog: {level: info}\nstorage:\n  filesystem: {rootdirectory: %s}\n  delete: {enabled: true}\n' "$data"
        case "$side" in peer_*) printf '  cache: {blobdescriptor: inmemory}\n';; *) printf 'auth: {none: {}}\n';; esac
        printf 'http: {addr: "127.0.0.1:%s", relativeurls: true}\n' "$(alone_side_port "$side")"
    } >"$folder/$side.yml"
    case "$side" in
        ours_*) "$repository/.build/release/dockmaster-registry" --config "$folder/$side.yml" >>"$folder/$side.log" 2>&1 </dev/null &;;
        *) docker-registry serve "$folder/$side.yml" >>"$folder/$side.log" 2>&1 </dev/null &;;
    esac
    echo $! >"$folder/$side.pid"
    await "$folder/tls.pem" "$("${side}_url")/v2/" || { tail -n 20 "$folder/$side.log" >&2; return 1; }
}

alone_stop() { # SIDE
    local pid
    pid=$(cat "$folder/$1.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}

alone_cleanup() {
    local side
    for side in ours_alone peer_alone ours_memory peer_memory; do alone_stop "$side"; done
    [ -z "$memory_folder" ] || rm -rf "$memory_folder"
}

# Peak resident MiB of a registry while COUNT uploads of MEBIBYTES each come in at once.
alone_crowd() { # SIDE COUNT MEBIBYTES
    local pid
    pid=$(cat "$folder/$1.pid")
    echo 5 >"/proc/$pid/clear_refs"
    python3 "$repository/Benchmarks/registry/crowd.py" "$("${1}_url")" "$2" "$3"
    memory VmHWM "$pid"
}

alone() { # the whole part, of the sides that are measured
    local side round number
    say "the registries alone: blobs on the disk and on tmpfs, $rounds rounds"
    for side in $sides; do alone_start "${side}_alone"; alone_start "${side}_memory"; done
    for round in $(seq "$rounds"); do
        for number in 1 2 3 4 5; do head -c 100000000 /dev/urandom >"$folder/blob-$number"; done
        measure disk alone_dd_MB_s disk_rate
        for side in $(order "$round"); do
            sync
            measure "$side" alone_push_MB_s push "${side}_alone"
            sync
            measure "$side" alone_pull_MB_s pull "${side}_alone"
            measure "$side" memory_push_MB_s push "${side}_memory"
        done
    done
    rm -f "$folder"/blob-*
    say "the registries alone: small images, manifests, $rounds x $load s each"
    for side in $sides; do put_manifest "${side}_alone"; done
    for round in $(seq "$rounds"); do
        for side in $(order "$round"); do
            measure "$side" alone_images_s small_images "${side}_alone"
            measure "$side" alone_GET_s requests_per_second "${side}_alone" "$("${side}_alone_url")/v2/bench/app/manifests/1"
            measure "$side" alone_HEAD_s heads_per_second "${side}_alone"
            measure "$side" alone_p99_ms late_manifest "${side}_alone" "$("${side}_alone_url")/v2/bench/app/manifests/1"
        done
    done
    for side in $sides; do measure "$side" alone_crowd_MiB alone_crowd "${side}_alone" 64 "${CROWD_MIB:-64}"; done
    alone_cleanup
}
