enum PlaceholderRegistryToken {}
import JWTKit
import X509
import Crypto
