import Testing

@Suite("The architecture")
struct ArchitectureTests {
    private let sources = SourceTree.files(in: "Sources")
    private let tests = SourceTree.files(in: "Tests")

    @Test("has a place in the table for every target")
    func everyTarget() {
        #expect(sources.count > 20, "the sources were found")
        for target in SourceTree.targets {
            #expect(AllowedImports.table[target] != nil, "\(target) has no row in AllowedImports.table")
            #expect(AllowedImports.tier(of: target) != nil, "\(target) has no tier")
        }
    }

    @Test("allows arrows that point down only")
    func tableIsLayered() throws {
        for (target, allowed) in AllowedImports.table {
            let tier = try #require(AllowedImports.tier(of: target))
            for module in allowed {
                let below = try #require(AllowedImports.tier(of: module))
                #expect(below < tier, "\(target) (tier \(tier)) may not import \(module) (tier \(below))")
            }
        }
    }

    @Test("is what the import lines say")
    func imports() {
        let ours = Set(AllowedImports.table.keys)
        for file in sources {
            for (module, line) in file.imports where ours.contains(module) && module != file.target {
                #expect(
                    AllowedImports.table[file.target]?.contains(module) == true,
                    "\(file.path):\(line): \(file.target) may not import \(module)")
            }
        }
    }

    @Test("is what Package.swift declares")
    func manifest() throws {
        let package = try #require(SourceTree.package)
        let ours = Set(AllowedImports.table.keys)
        let declared = package.matches(
            of:
                #/\.(?:executableTarget|target)\(\s*name: "([A-Za-z0-9]+)"(?:,\s*dependencies: \[((?:[^\[\]]|\[[^\]]*\])*)\])?/#
        )
        #expect(declared.count > 10, "the targets of Package.swift were found")
        for match in declared {
            let target = String(match.1)
            for dependency in (match.2 ?? "").matches(of: #/"([A-Za-z0-9]+)"/#) {
                let module = String(dependency.1)
                guard ours.contains(module) else { continue }
                #expect(
                    AllowedImports.table[target]?.contains(module) == true,
                    "Package.swift: \(target) may not depend on \(module)")
            }
        }
    }

    @Test("fences C, TLS, keys and YAML in the targets that are there for them")
    func fences() {
        for file in sources {
            for (module, line) in file.imports {
                guard let allowed = AllowedImports.fenced[module] else { continue }
                #expect(
                    allowed.contains(file.target), "\(file.path):\(line): only \(allowed.sorted()) import \(module)")
            }
        }
    }

    @Test("keeps Foundation out of the supervisor, its parts, and the proxy")
    func foundation() {
        for file in sources where AllowedImports.withoutFoundation.contains(file.target) {
            for (module, line) in file.imports {
                #expect(!module.hasPrefix("Foundation"), "\(file.path):\(line): \(file.target) does without Foundation")
            }
        }
    }

    @Test("has no file above 450 lines")
    func length() {
        for file in sources + tests {
            #expect(file.lines.count <= 451, "\(file.path): \(file.lines.count - 1) lines; split it as Type+Part.swift")
        }
    }

    @Test("has no try!, no forced cast and nothing left to do")
    func noTraps() {
        for file in sources {
            for (text, line) in file.code {
                #expect(!text.contains("try!"), "\(file.path):\(line): try!")
                #expect(!text.contains("as!"), "\(file.path):\(line): as!")
            }
        }
        let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
        for file in sources + tests {
            for (index, line) in file.lines.enumerated() {
                let words = line.split { !$0.isLetter }
                #expect(!marks.contains { words.contains(Substring($0)) }, "\(file.path):\(index + 1): left to do")
            }
        }
    }

    @Test("proves every unchecked promise in one line")
    func uncheckedPromises() {
        for file in sources {
            for (text, line) in file.code
            where text.contains("@unchecked Sendable") || text.contains("nonisolated(unsafe)") {
                let before = line >= 2 ? file.lines[line - 2] : ""
                let here = file.lines[line - 1]
                #expect(
                    here.contains("//") || before.contains("//"),
                    "\(file.path):\(line): say in a comment why this is safe")
            }
        }
    }

    @Test("names no file Utils, Helpers, Common or Manager, and leaves no placeholder")
    func names() {
        for file in sources + tests {
            let name = file.path.split(separator: "/").last ?? ""
            #expect(name != "Placeholder.swift", "\(file.path)")
            for word in ["Utils", "Helpers", "Common", "Manager"] {
                #expect(!name.contains(word), "\(file.path)")
            }
        }
    }
}
