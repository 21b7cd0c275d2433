extension SteadyLoad {
    /// The client. Arguments: port, authority, token, basic credentials, repository, a blob's digest, the file of failures.
    ///
    /// - Threads: kept connections (TLS 1.3 and 1.2), new connections for each request, curl for HTTP/2.
    /// - Every answer is counted, status, length and digest of the body compared. A failure is one JSON line with its
    ///   start and end on the monotonic clock.
    /// - A GET or HEAD on a kept connection that is closed before a byte of the answer is asked again on a new one, once, as
    ///   RFC 9112 9.3.1 says and every client of a registry does; such are counted as `stale`.
    /// - Standard output: the number of answers so far, several times a second; the totals as JSON at SIGTERM.
    static let script = #"""
        import hashlib, http.client, json, select, signal, socket, ssl, subprocess, sys, threading, time

        PORT, AUTHORITY, TOKEN, BASIC, REPOSITORY, BLOB, FAILURES = sys.argv[1:8]
        BEARER = {"Authorization": "Bearer " + TOKEN}
        lock, stopping = threading.Lock(), threading.Event()
        totals = {"answers": 0, "kept": 0, "new": 0, "http2": 0, "pushes": 0, "handshakes": 0, "stale": 0, "failed": 0}
        failures = open(FAILURES, "a", buffering=1)


        def count(*names):
            with lock:
                for name in names: totals[name] += 1


        def fail(kind, what, start, end):
            with lock:
                totals["failed"] += 1
                failures.write(json.dumps({"kind": kind, "what": what, "start": start, "end": end}) + "\n")


        class HandshakeFailed(Exception): pass


        class Connection:
            """One TLS connection to the proxy, as HTTP/1.1 uses it."""

            def __init__(self, version):
                self.context = ssl.create_default_context(cafile=AUTHORITY)
                self.context.minimum_version = self.context.maximum_version = version
                self.connection = None

            def open(self):
                try:
                    raw = socket.create_connection(("127.0.0.1", int(PORT)), 30)
                    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    wrapped = self.context.wrap_socket(raw, server_hostname="localhost")
                except OSError as error:
                    raise HandshakeFailed(repr(error))
                count("handshakes")
                self.connection = http.client.HTTPConnection("localhost", int(PORT))
                self.connection.sock = wrapped

            def close(self):
                if self.connection: self.connection.close()
                self.connection = None

            def is_closed(self):
                """Whether the server has closed it, which a client sees before it sends."""
                wrapped = self.connection.sock
                if wrapped is None: return True
                if not select.select([wrapped], [], [], 0)[0]: return False
                wrapped.setblocking(False)
                try:
                    return wrapped.recv(1) == b""
                except ssl.SSLWantReadError:
                    return False  # session tickets
                except OSError:
                    return True
                finally:
                    try: wrapped.settimeout(30)
                    except OSError: pass

            def exchange(self, method, path, headers, body=None):
                """Status, headers, body. Raises OSError or HTTPException."""
                fresh = False
                if self.connection is not None and self.is_closed(): self.close()
                if self.connection is None:
                    self.open()
                    fresh = True
                try:
                    return self.ask(method, path, headers, body)
                except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError) as error:
                    self.close()
                    if fresh or method not in ("GET", "HEAD"): raise
                    count("stale")
                self.open()
                return self.ask(method, path, headers, body)

            def ask(self, method, path, headers, body):
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read()
                if answer.will_close: self.close()
                return answer.status, answer.headers, data


        def blob(data): return "sha256:" + hashlib.sha256(data).hexdigest()


        def is_token(data): return "token" in json.loads(data)


        READS = [
            ("GET", "/v2/", BEARER, lambda data: True),
            ("GET", f"/v2/{REPOSITORY}/blobs/{BLOB}", BEARER, lambda data: blob(data) == BLOB),
            ("HEAD", f"/v2/{REPOSITORY}/blobs/{BLOB}", BEARER, lambda data: data == b""),
            ("GET", "/authserver/auth?service=none", {"Authorization": "Basic " + BASIC}, is_token),
        ]


        def attempt(kind, connection, method, path, headers, body, expected, right):
            """The answer's headers when it is as it must be, else None."""
            start = time.monotonic()
            try:
                status, fields, data = connection.exchange(method, path, headers, body)
                if status == expected and right(data):
                    count("answers", kind)
                    return fields
                what = f"{method} {path}: {status} {data[:200]!r}"
            except HandshakeFailed as error:
                kind, what = "handshake", str(error)
            except (OSError, http.client.HTTPException) as error:
                what = f"{method} {path}: {error!r}"
            connection.close()
            fail(kind, what, start, time.monotonic())
            return None


        def push(connection, number):
            """A small blob in two requests."""
            data = b"small blob %d of %d" % (number, threading.get_ident())
            path = f"/v2/{REPOSITORY}/blobs/uploads/"
            fields = attempt("pushes", connection, "POST", path, BEARER, b"", 202, lambda data: True)
            if fields is None: return
            place = fields["Location"].replace(f"https://localhost:{PORT}", "")
            place += ("&" if "?" in place else "?") + "digest=" + blob(data)
            headers = dict(BEARER, **{"Content-Type": "application/octet-stream"})
            attempt("pushes", connection, "PUT", place, headers, data, 201, lambda data: True)


        def ask(kind, version, rate, offset):
            connection, number = Connection(version), offset
            due = time.monotonic() + offset / 100
            while not stopping.wait(max(0, due - time.monotonic())):
                due = max(due + 1 / rate, time.monotonic())
                number += 1
                if kind == "kept" and number % 16 == 0:
                    push(connection, number)
                    continue
                method, path, headers, right = READS[number % len(READS)]
                if kind == "new": headers = dict(headers, Connection="close")
                attempt(kind, connection, method, path, headers, None, 200, right)
                if kind == "new": connection.close()
            connection.close()


        def http2():
            """curl asks over one HTTP/2 connection for as long as that lasts."""
            form = "%{stderr}%{http_version} %{http_code} %{exitcode} %{time_total} %{errormsg}\\n"
            url = f"https://localhost:{PORT}/v2/{REPOSITORY}/blobs/{BLOB}?[1-1000000]"
            curl = subprocess.Popen(
                ["curl", "-s", "--http2", "--rate", "40/s", "--max-time", "30", "--cacert", AUTHORITY, "-o", "/dev/null",
                 "--resolve", f"localhost:{PORT}:127.0.0.1", "-H", "@-", "-w", form, url],
                stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            curl.stdin.write("Authorization: Bearer " + TOKEN + "\n")
            curl.stdin.close()
            threading.Thread(target=lambda: (stopping.wait(), curl.terminate()), daemon=True).start()
            for line in curl.stderr:
                end = time.monotonic()
                version, status, code, taken, *error = line.rstrip("\n").split(" ", 4)
                if (version, status, code) == ("2", "200", "0"): count("answers", "http2")
                elif not stopping.is_set(): fail("http2", line.strip(), end - float(taken) - 0.01, end)
            if not stopping.is_set(): fail("http2", "curl ended", 0, 0)


        signal.signal(signal.SIGTERM, lambda *_: stopping.set())
        threads = [threading.Thread(target=http2)]
        for number in range(8):
            version = ssl.TLSVersion.TLSv1_2 if number % 4 == 0 else ssl.TLSVersion.TLSv1_3
            threads.append(threading.Thread(target=ask, args=("kept", version, 15, number)))
        for number in range(4):
            version = ssl.TLSVersion.TLSv1_2 if number % 2 == 0 else ssl.TLSVersion.TLSv1_3
            threads.append(threading.Thread(target=ask, args=("new", version, 10, number)))
        for thread in threads: thread.start()
        while not stopping.wait(0.1): print(totals["answers"], flush=True)
        for thread in threads: thread.join()
        print(json.dumps(totals), flush=True)
        """#
}
