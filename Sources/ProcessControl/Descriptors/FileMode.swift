/// Permission bits, mode_t.
package typealias FileMode = UInt32
