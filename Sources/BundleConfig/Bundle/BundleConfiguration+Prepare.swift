import FoundationEssentials

// The first start.

extension BundleConfiguration {
    /// Makes what is not there yet: folders, authority, server certificate, token key, passwords.
    ///
    /// - Safe to call at every start and reload. Never replaces a key, a password or an authority; only the server
    ///   certificate is made anew, when it nears its end or the names changed.
    /// - Durable: every file appears whole and synced, in an order in which the next call makes good a crash at any point.
    /// - Returns: the configuration, its warnings completed.
    package func prepare() throws -> BundleConfiguration {
        try prepare(now: Date())
    }

    func prepare(now: Date) throws -> BundleConfiguration {
        let problems = ConfigurationProblems()
        guard startsBundle else {
            problems.attempt { for folder in [logs, run] { try PrivateFile.makeFolder(folder) } }
            try problems.check()
            return self
        }
        var result = self
        let isFirst = !PrivateFile.exists(docroot)
        problems.attempt { try makeFolders() }
        try problems.check()
        for account in accounts {
            guard let path = account.passwordFile else { continue }
            problems.attempt { try GeneratedPassword.store(at: path) }
        }
        if (authSettings["token"]?["key"]?.isNull ?? true) {
            problems.attempt { try TokenKeyPair(files: files).make(now: now) }
        }
        if certificate == .own {
            let own = OwnCertificate(files: files, names: certificateNames)
            if let warning = problems.attempt({ try own.make(now: now) }) ?? nil { result.warnings.append(warning) }
        }
        if isFirst { problems.attempt { try makeFirstPage() } }
        try problems.check()
        return result
    }

    private func makeFolders() throws {
        for folder in [data, files.configuration, FilePath.parent(of: files.images)] {
            try PrivateFile.makeFolder(folder)
        }
        for folder in [images, docroot, logs, run, FilePath.parent(of: files.proxyFile)] {
            try PrivateFile.makeFolder(folder)
        }
        if certificate == .own { try PrivateFile.makeFolder(FilePath.parent(of: files.authority)) }
        guard let acme = tls.acme else { return }
        // Before the proxy is confined: it may read only folders that are there.
        for folder in [acme.folders.certificates, acme.certificateFolder, FilePath.parent(of: files.acmeFile)] {
            try PrivateFile.makeFolder(folder)
        }
        for challenge in ACMEConfiguration.Challenge.allCases {
            try PrivateFile.makeFolder(acme.folders.challenges + "/" + challenge.rawValue)
        }
    }

    /// A page for those who open the registry in a browser: once, in the folder that was made for it.
    private func makeFirstPage() throws {
        guard docroot == files.docroot, proxy.routes == nil else { return }
        try PrivateFile.write(FirstPage.html(authority: authority), to: docroot + "/index.html", mode: 0o644)
    }
}
