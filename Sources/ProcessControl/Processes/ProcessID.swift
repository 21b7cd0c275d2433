/// A process's number, pid_t.
package typealias ProcessID = Int32
