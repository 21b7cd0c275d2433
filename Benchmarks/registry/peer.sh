# The peer: nginx terminates TLS before Debian's docker-registry 2.8, set up as both projects' documents advise. Sourced by bench.

peer_https=${PEER_HTTPS:-28543}
peer_registry=${PEER_REGISTRY:-28500}

peer_url() { echo "https://localhost:$peer_https"; }

peer_wipe() {
    rm -rf "$folder/peer"
    mkdir -p "$folder/peer/data"
    : >"$folder/peer.headers"
    cat >"$folder/peer/registry.yml" <<YAML
version: 0.1
log: {level: info, formatter: json}
storage:
  cache: {blobdescriptor: inmemory}
  filesystem: {rootdirectory: $folder/peer/data}
  delete: {enabled: true}
http: {addr: "127.0.0.1:$peer_registry", relativeurls: true, secret: bench}
YAML
    cat >"$folder/peer/nginx.conf" <<NGINX
worker_processes 2;
daemon off;
user root;
pid $folder/peer/nginx.pid;
error_log $folder/peer/nginx.error.log warn;
events { worker_connections 4096; multi_accept on; }
http {
    access_log $folder/peer/nginx.access.log;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path $folder/peer/body;
    proxy_temp_path $folder/peer/proxy;
    fastcgi_temp_path $folder/peer/f;
    uwsgi_temp_path $folder/peer/u;
    scgi_temp_path $folder/peer/s;
    upstream registry { server 127.0.0.1:$peer_registry; keepalive 32; }
    server {
        listen 127.0.0.1:$peer_https ssl http2;
        server_name localhost;
        ssl_certificate $folder/tls.pem;
        ssl_certificate_key $folder/tls.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache shared:SSL:10m;
        client_max_body_size 0;
        client_body_buffer_size 512k;
        chunked_transfer_encoding on;
        location /v2/ {
            if (\$http_user_agent ~ "^(docker\/1\.(3|4|5(?!\.[0-9]-dev))|Go ).*\$") { return 404; }
            proxy_pass http://registry;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$http_host;
            proxy_set_header X-Real-IP \$remote_addr;
            proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto \$scheme;
            proxy_request_buffering off;
            proxy_buffering off;
            proxy_read_timeout 900;
        }
    }
}
NGINX
}

peer_start() { # prints milliseconds until nginx and the registry answer
    local start
    start=$(now_ms)
    docker-registry serve "$folder/peer/registry.yml" >>"$folder/peer/registry.log" 2>&1 </dev/null &
    echo $! >"$folder/peer.registry.pid"
    nginx -p "$folder/peer" -c "$folder/peer/nginx.conf" >>"$folder/peer/nginx.log" 2>&1 </dev/null &
    echo $! >"$folder/peer.nginx.pid"
    await "$folder/tls.pem" "$(peer_url)/v2/" || { tail -n 20 "$folder"/peer/*.log >&2; return 1; }
    echo $(($(now_ms) - start))
}

peer_stop() {
    local file pid
    for file in nginx registry; do
        pid=$(cat "$folder/peer.$file.pid")
        kill "$pid" 2>/dev/null || continue
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
    done
}

peer_token() { :; } # its authentication is off

peer_processes() {
    local nginx
    nginx=$(cat "$folder/peer.nginx.pid")
    echo "nginx=$(echo "$nginx" $(pgrep -P "$nginx") | tr ' ' ,) registry=$(cat "$folder/peer.registry.pid")"
}
