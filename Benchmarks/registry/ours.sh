# Our side: the release binaries, started as `make run` starts them. Sourced by bench.

ours_https=${OURS_HTTPS:-28443}
ours_http=${OURS_HTTP:-28080}
ours_password=bench-Pa55-word

ours_url() { echo "https://localhost:$ours_https"; }

ours_wipe() {
    rm -rf "$folder/ours"
    mkdir -p "$folder/ours"
    (
        umask 077
        {
            printf 'domain: localhost\nusers:\n  admin: {password: "%s"}\nacl:\n  - match: {account: admin}\n    actions: ["*"]\n' "$ours_password"
            printf 'ssl_cert: |\n' && sed 's/^/  /' "$folder/tls.pem"
            printf 'ssl_key: |\n' && sed 's/^/  /' "$folder/tls.key"
        } >"$folder/ours/dockmaster.yaml"
    )
}

ours_start() { # prints milliseconds until every worker answers through the proxy
    local start
    start=$(now_ms)
    "$repository/.build/release/dockmaster" run --config "$folder/ours/dockmaster.yaml" --data "$folder/ours/data" \
        --logs "$folder/ours/log" --run "$folder/ours/run" --https-port "$ours_https" --http-port "$ours_http" \
        >>"$folder/ours/console" 2>&1 </dev/null &
    echo $! >"$folder/ours.pid"
    await "$folder/tls.pem" "$(ours_url)/healthz" || { tail -n 20 "$folder/ours/console" >&2; return 1; }
    echo $(($(now_ms) - start))
}

ours_stop() {
    local pid
    pid=$(cat "$folder/ours.pid")
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}

ours_token() {
    local body
    body=$(curl -sS -f -G --cacert "$folder/tls.pem" -u "admin:$ours_password" --data-urlencode "service=$(ours_service)" \
        --data-urlencode 'scope=repository:bench/app:pull,push' "$(ours_url)/authserver/auth")
    printf 'Authorization: Bearer %s\n' "$(sed -E 's/.*"token" ?: ?"([^"]+)".*/\1/' <<<"$body")" >"$folder/ours.headers"
}

ours_service() {
    curl -sS -o /dev/null -D - --cacert "$folder/tls.pem" "$(ours_url)/v2/" | sed -nE 's/.*service="([^"]*)".*/\1/p'
}

ours_processes() { # NAME=PID a word
    local supervisor pid
    supervisor=$(cat "$folder/ours.pid")
    for pid in $(pgrep -P "$supervisor"); do
        case "$(readlink "/proc/$pid/exe")" in */dockmaster-*) echo "$(basename "$(readlink "/proc/$pid/exe")" | sed 's/dockmaster-//')=$pid";; esac
    done
    echo "supervisor=$supervisor"
}

token_query() { echo "$(ours_url)/authserver/auth?account=admin&service=$(ours_service)&scope=repository%3Abench%2Fapp%3Apull%2Cpush"; }

tokens_per_second() {
    wrk -t2 -c16 -d"${load}s" -H "Authorization: Basic $(printf 'admin:%s' "$ours_password" | base64 -w0)" "$(token_query)" |
        tee "$folder/wrk" | awk '/Requests\/sec/ { print int($2) }'
    if grep -q 'Non-2xx' "$folder/wrk"; then say "tokens: $(grep Non-2xx "$folder/wrk")"; return 1; fi
}

# What a guesser gets: every request a password that was not seen before, each refused after a full bcrypt.
new_passwords_per_second() {
    cat >"$folder/passwords.lua" <<'LUA'
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function base64(text)
    return ((text:gsub(".", function(c)
        local bits, byte = "", c:byte()
        for i = 8, 1, -1 do bits = bits .. (byte % 2 ^ i - byte % 2 ^ (i - 1) > 0 and "1" or "0") end
        return bits
    end) .. "0000"):gsub("%d%d%d?%d?%d?%d?", function(bits)
        if #bits < 6 then return "" end
        local value = tonumber(bits, 2) + 1
        return letters:sub(value, value)
    end) .. ({ "", "==", "=" })[#text % 3 + 1])
end
local count, id = 0, tostring({}):gsub("%W", "")
request = function()
    count = count + 1
    return wrk.format("GET", nil, { Authorization = "Basic " .. base64("admin:no-" .. id .. count) })
end
LUA
    wrk -t2 -c16 -d"${load}s" --timeout 10s -s "$folder/passwords.lua" "$(token_query)" | awk '/Requests\/sec/ { print int($2) }'
}
