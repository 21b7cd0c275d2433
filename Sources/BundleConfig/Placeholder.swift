import SwiftASN1
import Yams
import X509
package func placeholderParse(_ s: String) -> Bool { (try? Yams.compose(yaml: s)) != nil && (try? Certificate(pemEncoded: s)) == nil }
