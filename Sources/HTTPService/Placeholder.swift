enum PlaceholderHTTPService {}
import Hummingbird
import NIOExtras
