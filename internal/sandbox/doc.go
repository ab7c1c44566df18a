// Package sandbox is the binary's own walls: what ethkey takes away from itself
// before it touches a secret. Nothing here needs privileges, and nothing can be
// undone.
//
//	func main() {
//		state := sandbox.Harden()      // first line
//		...
//		state.Seccomp = sandbox.Wall() // before a command runs
//	}
//
// # What stands after Harden
//
// NoDump: PR_SET_DUMPABLE is 0. Another process of the same user cannot read
// the memory (the mem file of the proc tree, process_vm_readv), attach a
// debugger, or take a descriptor with pidfd_getfd; the kernel writes no core.
// An execve(2) would set it back, and Wall forbids one.
//
// NoCore: RLIMIT_CORE is 0, soft and hard, here and in every child. The wall
// counts as missing when GOTRACEBACK asks the Go runtime for every stack of a
// crash. A crash in C code says so in one line, without the registers, in which
// a secret may stand; that holds from before main on.
//
// # What stands after Wall
//
// Seccomp: a filter that every present and later thread of the process is under.
// It denies with EPERM what the table in table_linux.go lists: every way to the
// network, to other processes, to new programs, to executable memory, to mounts
// and namespaces, to the kernel's rarer entrances (io_uring, bpf, userfaultfd,
// perf, key rings, modules), and to typing into a terminal. Everything else
// works: files, threads, timers, memory, signals. It is a list of what is
// denied and not of what is allowed, because the Go runtime and the C library
// take up new system calls with every version, and a tool that dies in the
// middle of a key ceremony is worse than one with a few calls too many.
//
// A socket that the process was started with needs none of those calls: Wall
// closes the ones it finds below descriptor 1024, and counts as missing when one
// is a standard stream. Unix sockets stay, as service managers and other
// programs use them as pipes.
//
// Denied with ENOSYS is clone3(2) alone, whose flags lie where a filter cannot
// look: the C library and the Go runtime then use clone(2), which is allowed
// for threads and denied for processes. The 32-bit and x32 system call tables
// are denied whole.
//
// # When a wall does not stand
//
// Wall returns a fault of kind Environment that names what is missing:
//
//   - no seccomp in the kernel: older than Linux 3.17, built without
//     CONFIG_SECCOMP_FILTER, or qemu's user mode, which has no walls at all;
//   - a thread that already runs under a filter of its own;
//   - an architecture without a column in the table (amd64 and arm64 have one);
//   - a kernel that takes the filter and does not act on it;
//   - any other operating system.
//
// State.Missing names the walls that are down, in the words that
// --allow-degraded takes.
//
// # What the walls do not do
//
// Root can do as it pleases: attach, load modules, read the disk. The same user
// can still stop or kill the process, and can read any file that it writes. The
// walls keep what runs inside the process in, and other processes of the same
// user out.
package sandbox
