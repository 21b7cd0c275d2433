import RegistryModel
import RegistryStorage

/// Pushes step by step, as docker does: each step's answer is looked at.
extension PlainClient {
    /// Where a push came to its end.
    struct Refused: Error, CustomStringConvertible {
        var step: String
        var answer: Answer
        var description: String { "\(step): \(answer.status) \(answer.text)" }
    }

    private func expect(_ status: Int, _ step: String, _ answer: Answer) throws -> Answer {
        guard answer.status == status else { throw Refused(step: step, answer: answer) }
        return answer
    }

    @discardableResult
    func push(_ bytes: [UInt8], to repository: String) throws -> Digest {
        guard let digest = ContentHash.digest(of: bytes) else { throw Failure(description: "no digest") }
        var answer = try expect(202, "start", send("POST", "/v2/\(repository)/blobs/uploads/"))
        answer = try expect(202, "PATCH", send("PATCH", path(answer), [:], bytes))
        let place = path(answer)
        _ = try expect(201, "PUT", send("PUT", "\(place)\(place.contains("?") ? "&" : "?")digest=\(digest)"))
        return digest
    }

    @discardableResult
    func put(_ manifest: String, as reference: String, in repository: String) throws -> Digest {
        let bytes = Array(manifest.utf8)
        guard let digest = ContentHash.digest(of: bytes) else { throw Failure(description: "no digest") }
        let target = "/v2/\(repository)/manifests/\(reference)"
        _ = try expect(201, "manifest", send("PUT", target, ["Content-Type": MediaType.ociManifest], bytes))
        return digest
    }

    /// An image of one layer and a configuration of its own.
    /// - Returns: the manifest's digest.
    @discardableResult
    func pushImage(_ layer: [UInt8], _ tag: String, to repository: String) throws -> Digest {
        let layerDigest = try push(layer, to: repository)
        let config = Array("{\"layer\":\"\(layerDigest)\"}".utf8)
        let text = imageText(try push(config, to: repository), layerDigest, layer.count)
            .replacing("\"size\":2}", with: "\"size\":\(config.count)}")
        return try put(text, as: tag, in: repository)
    }

    func digest(of text: String) throws -> Digest {
        guard let digest = ContentHash.digest(of: Array(text.utf8)) else { throw Failure(description: "no digest") }
        return digest
    }

    private func path(_ answer: Answer) -> String {
        let location = answer.headers["location"] ?? ""
        return location.firstRange(of: "/v2/").map { String(location[$0.lowerBound...]) } ?? location
    }
}
