import BundleConfig
import Glibc
print(placeholderParse("a: 1"))
sleep(2)
