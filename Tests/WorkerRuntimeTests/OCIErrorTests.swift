import HTTPService
import HTTPTypes
import NIOCore
import RegistryModel
import Testing

@Suite("A refusal of the registry protocol")
struct OCIErrorTests {
    @Test("is JSON with code, message and detail")
    func body() {
        let error = OCIError(.nameInvalid, message: "the name \"A\" is invalid", detail: ["name": "A"])
        #expect(
            String(buffer: error.body)
                == #"{"errors":[{"code":"NAME_INVALID","message":"the name \"A\" is invalid","detail":{"name":"A"}}]}"#
                + "\n")
        #expect(error.status.code == 400)
    }
}
