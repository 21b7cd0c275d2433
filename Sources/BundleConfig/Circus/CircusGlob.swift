import Glibc

/// The patterns of `[env:web*,db]`: fnmatch(3), as Python's.
enum CircusGlob {
    static func matches(_ name: String, _ pattern: String) -> Bool {
        fnmatch(pattern, name, FNM_NOESCAPE) == 0
    }
}
