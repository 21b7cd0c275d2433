/// An OpenID Connect provider and issuer of CI systems' ID tokens of one test's own, with openssl for a pen.
struct SignInIssuer: Sendable {
    let url: String
    private let process: TestProcess

    static func start(port: Int, in folder: TestFolder) async throws -> SignInIssuer {
        try Shell.require("python3", "openssl")
        let key = folder.path + "/issuer.key"
        try await Shell.check("openssl genrsa -out \(key) 2048 2>/dev/null")
        let program = try folder.write("issuer.py", program)
        let issuer = SignInIssuer(
            url: "http://127.0.0.1:\(port)",
            process: try TestProcess(
                ["/usr/bin/python3", program, "\(port)", key], environment: Shell.environment,
                output: folder.path + "/issuer.log", errors: folder.path + "/issuer.log"))
        let isUp = try await Shell.eventually {
            try await Shell.run("curl -sf -o /dev/null \(issuer.url)/jwks").succeeded
        }
        guard isUp else { throw BundleTestError.absent("the issuer: \(folder.text("issuer.log"))") }
        return issuer
    }

    func stop() async { await process.destroy() }

    /// The ID token that a CI system would give a job of `project`.
    func token(project: String) async throws -> String {
        try await Shell.check("curl -sSf '\(url)/ci?project=\(project)'").output
    }

    /// Signs in on the bundle's page as a browser does, and returns the password for docker that the last page shows.
    func signIn(_ bundle: RunningBundle, in folder: TestFolder) async throws -> String {
        let jar = "-b \(folder.path)/cookies -c \(folder.path)/cookies"
        let page = try await Shell.check(
            """
            link=$(\(bundle.curl) -f \(jar) \(bundle.url)/authserver/oidc_auth | grep -o 'href="[^"]*/authorize[^"]*"' |
                sed 's/^href="//; s/"$//; s/&amp;/\\&/g')
            \(bundle.curl) -f -L \(jar) "$link"
            """)
        guard let password = page.output.firstMatch(of: /\ -p ([^ <]+)/)?.1 else { throw BundleTestError.failed(page) }
        return String(password)
    }

    /// The person at `/authorize` agrees at once.
    private static let program = """
        import base64, http.server, json, secrets, subprocess, sys, time, urllib.parse as u

        port, key = int(sys.argv[1]), sys.argv[2]
        url = f"http://127.0.0.1:{port}"
        nonces = {}

        def text(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
        def openssl(*words, data=b""):
            return subprocess.run(["openssl", *words], input=data, stdout=subprocess.PIPE, check=True).stdout
        modulus = bytes.fromhex(openssl("rsa", "-in", key, "-noout", "-modulus").decode().strip().split("=")[1])

        def token(**claims):
            now = int(time.time())
            body = {"iss": url, "sub": "7", "iat": now, "exp": now + 600, **claims}
            parts = [{"typ": "JWT", "alg": "RS256", "kid": "1"}, body]
            signed = ".".join(text(json.dumps(part).encode()) for part in parts)
            return signed + "." + text(openssl("dgst", "-sha256", "-sign", key, data=signed.encode()))

        class Issuer(http.server.BaseHTTPRequestHandler):
            def answer(self, body, status=200, **headers):
                body = (body if isinstance(body, str) else json.dumps(body)).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path, _, query = self.path.partition("?")
                form = dict(u.parse_qsl(query))
                if path == "/.well-known/openid-configuration":
                    self.answer({"issuer": url, "jwks_uri": url + "/jwks", "authorization_endpoint": url + "/authorize",
                                 "token_endpoint": url + "/token", "userinfo_endpoint": url + "/userinfo"})
                elif path == "/jwks":
                    self.answer({"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "n": text(modulus), "e": "AQAB"}]})
                elif path == "/ci":
                    self.answer(token(aud="registry.example", project=form["project"]))
                elif path == "/authorize":
                    code = secrets.token_hex(8)
                    nonces[code] = form["nonce"]
                    back = u.urlencode({"code": code, "state": form["state"]})
                    self.answer("", 302, Location=form["redirect_uri"] + "?" + back)
                else:
                    self.answer({}, 404)

            def do_POST(self):
                form = dict(u.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                if self.path != "/token" or form.get("code") not in nonces:
                    return self.answer({"error": "invalid_grant"}, 400)
                person = token(aud="docker", nonce=nonces.pop(form["code"]), email="browser@example.test")
                self.answer({"access_token": "a", "token_type": "Bearer", "expires_in": 3600, "id_token": person})

        http.server.ThreadingHTTPServer(("127.0.0.1", port), Issuer).serve_forever()
        """
}
