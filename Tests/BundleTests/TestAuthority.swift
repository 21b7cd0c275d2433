import Foundation

/// A certificate authority made with openssl: a root, an intermediate, and leaves of every kind a person gets wrong.
struct TestAuthority: Sendable {
    let folder: TestFolder
    var root: String { folder.path + "/root.pem" }

    /// A leaf with its intermediate and key, as PEM.
    struct Leaf: Sendable {
        var certificate: String
        var intermediate: String
        var key: String
        /// As `openssl x509 -serial` prints it.
        var serial: String

        /// The two keys of a configuration, inline as the pillar has them, the chain included.
        func yaml(indentation: Int = 0, intermediate included: Bool = true, key other: Leaf? = nil) -> String {
            let space = String(repeating: " ", count: indentation)
            let block = { (pem: String) in
                pem.split(separator: "\n").map { space + "  " + $0 }.joined(separator: "\n")
            }
            let chain = certificate + "\n" + (included ? intermediate : "")
            return "\(space)ssl_cert: |\n\(block(chain))\n\(space)ssl_key: |\n\(block((other ?? self).key))"
        }
    }

    static func make(in folder: TestFolder) async throws -> TestAuthority {
        try Shell.require("openssl")
        try await Shell.check(
            """
            set -e; cd \(folder.path)
            openssl ecparam -name prime256v1 -genkey -noout -out root.key
            openssl req -x509 -new -key root.key -days 30 -subj '/CN=Test root' -out root.pem
            openssl ecparam -name prime256v1 -genkey -noout -out middle.key
            openssl req -new -key middle.key -subj '/CN=Test intermediate' -out middle.csr
            printf 'basicConstraints=critical,CA:TRUE,pathlen:0\\nkeyUsage=critical,keyCertSign,cRLSign\\n' >middle.ext
            openssl x509 -req -in middle.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile middle.ext -out middle.pem
            """)
        return TestAuthority(folder: folder)
    }

    /// - Parameter validity: from and to, as `openssl ca` takes them; nil for 30 days from now.
    func issue(_ name: String, names: [String], validity: (String, String)? = nil) async throws -> Leaf {
        let dates = validity.map { "-startdate \($0.0) -enddate \($0.1)" } ?? "-days 30"
        let alternatives = names.map { "DNS:" + $0 }.joined(separator: ",")
        let serial = try await Shell.check(
            """
            set -e; cd \(folder.path); mkdir -p \(name); : >\(name)/index.txt
            openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out \(name).key
            openssl req -new -key \(name).key -subj '/CN=\(names[0])' -out \(name).csr
            printf 'subjectAltName=\(alternatives)\\nextendedKeyUsage=serverAuth\\n' >\(name).ext
            printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=\(name)/index.txt\\nnew_certs_dir=\(name)\\nrand_serial=yes\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' >\(name).cnf
            openssl ca -batch -notext -config \(name).cnf -cert middle.pem -keyfile middle.key \(dates) -extfile \(name).ext -in \(name).csr -out \(name).pem 2>/dev/null
            openssl x509 -noout -serial -in \(name).pem
            """)
        return Leaf(
            certificate: folder.text(name + ".pem"), intermediate: folder.text("middle.pem"),
            key: folder.text(name + ".key"), serial: serial.line)
    }
}
