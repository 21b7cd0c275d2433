import HTTPService
import BundleLog
import HTTPTypes
import Hummingbird
import RegistryStorage

extension Scrub {
    /// `POST /v1/scrub[?rate=BYTES]`: a line for each damaged blob, then the sums.
    func routes() -> [AdminRoute] {
        [
            AdminRoute(.post, "/v1/scrub", "compare everything with its digest") { [self] request in
                var rate: Int?
                if let text = request.query["rate"] {
                    guard let number = Int(text), number > 0 else {
                        throw AdminProblem(
                            "rate is \"\(text.prefix(40))\"", remedy: "give bytes a second", status: .badRequest)
                    }
                    rate = number
                }
                return lines(rate: rate)
            }
        ]
    }

    private func lines(rate: Int?) -> Response {
        AdminAnswer.lines { [self] tell in
            var sum = ScrubStep()
            try await whole(rate: rate) { step in
                sum.blobs += step.blobs
                sum.bytes += step.bytes
                sum.damaged += step.damaged
                for blob in step.damaged {
                    var line = JSONLine()
                    line.add("damaged", "\(blob.digest)")
                    line.add("images", blob.images.joined(separator: " "))
                    tell(line)
                }
            }
            var line = JSONLine()
            line.add("blobs", sum.blobs)
            line.add("bytes", sum.bytes)
            line.add("damaged_blobs", sum.damaged.count)
            tell(line)
        }
    }
}
