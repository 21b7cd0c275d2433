import NIOSSL
import NIOHTTP2
print("placeholder")
