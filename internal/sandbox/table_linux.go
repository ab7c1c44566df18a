package sandbox

import "golang.org/x/sys/unix"

// none marks a system call that an architecture does not have.
const none = -1

// rule denies one system call: always, or when every condition holds.
type rule struct {
	name         string
	amd64, arm64 int
	when         []condition
	errno        unix.Errno // 0 is EPERM
}

// table is what Wall denies, to be ticked off against the kernel's own
// arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h.
var table = []rule{
	// The network, and sockets of every other kind.
	{name: "socket", amd64: 41, arm64: 198},
	{name: "socketpair", amd64: 53, arm64: 199},
	{name: "bind", amd64: 49, arm64: 200},
	{name: "listen", amd64: 50, arm64: 201},
	{name: "accept", amd64: 43, arm64: 202},
	{name: "accept4", amd64: 288, arm64: 242},
	{name: "connect", amd64: 42, arm64: 203},
	{name: "sendto", amd64: 44, arm64: 206},
	{name: "sendmsg", amd64: 46, arm64: 211},
	{name: "sendmmsg", amd64: 307, arm64: 269},
	{name: "recvfrom", amd64: 45, arm64: 207},
	{name: "recvmsg", amd64: 47, arm64: 212},
	{name: "recvmmsg", amd64: 299, arm64: 243},

	// Other processes: their memory, their descriptors, queues and memory
	// shared with them.
	{name: "ptrace", amd64: 101, arm64: 117},
	{name: "process_vm_readv", amd64: 310, arm64: 270},
	{name: "process_vm_writev", amd64: 311, arm64: 271},
	{name: "process_madvise", amd64: 440, arm64: 440},
	{name: "pidfd_open", amd64: 434, arm64: 434},
	{name: "pidfd_getfd", amd64: 438, arm64: 438},
	{name: "kcmp", amd64: 312, arm64: 272},
	{name: "process_mrelease", amd64: 448, arm64: 448},
	{name: "move_pages", amd64: 279, arm64: 239},
	{name: "migrate_pages", amd64: 256, arm64: 238},
	{name: "shmget", amd64: 29, arm64: 194},
	{name: "shmat", amd64: 30, arm64: 196},
	{name: "msgget", amd64: 68, arm64: 186},
	{name: "msgsnd", amd64: 69, arm64: 189}, // a known queue needs no msgget
	{name: "msgrcv", amd64: 70, arm64: 188},
	{name: "semget", amd64: 64, arm64: 190},
	{name: "mq_open", amd64: 240, arm64: 180},

	// New programs and new processes. A thread is a clone with CLONE_THREAD.
	{name: "execve", amd64: 59, arm64: 221},
	{name: "execveat", amd64: 322, arm64: 281},
	{name: "uselib", amd64: 134, arm64: none},
	{name: "fork", amd64: 57, arm64: none},
	{name: "vfork", amd64: 58, arm64: none},
	{name: "clone", amd64: 56, arm64: 220, when: all(noBit(0, unix.CLONE_THREAD))},
	{name: "clone", amd64: 56, arm64: 220, when: all(anyBit(0, cloneNamespaces))},
	{name: "clone3", amd64: 435, arm64: 435, errno: unix.ENOSYS},
	{name: "memfd_create", amd64: 319, arm64: 279},

	// Memory that holds code.
	{name: "mmap", amd64: 9, arm64: 222, when: all(anyBit(2, unix.PROT_EXEC))},
	{name: "mprotect", amd64: 10, arm64: 226, when: all(anyBit(2, unix.PROT_EXEC))},
	{name: "pkey_mprotect", amd64: 329, arm64: 288, when: all(anyBit(2, unix.PROT_EXEC))},
	{name: "personality", amd64: 135, arm64: 92},
	{name: "modify_ldt", amd64: 154, arm64: none},

	// The walls themselves: who may look in.
	{name: "prctl", amd64: 157, arm64: 167, when: all(equal(0, unix.PR_SET_DUMPABLE), anyBit(1, ^uint32(0)))},
	{name: "prctl", amd64: 157, arm64: 167, when: all(equal(0, unix.PR_SET_PTRACER))},

	// The kernel's rarer entrances.
	{name: "io_uring_setup", amd64: 425, arm64: 425},
	{name: "io_uring_enter", amd64: 426, arm64: 426},
	{name: "io_uring_register", amd64: 427, arm64: 427},
	{name: "io_setup", amd64: 206, arm64: 0},
	{name: "io_submit", amd64: 209, arm64: 2},
	{name: "vmsplice", amd64: 278, arm64: 75},
	{name: "bpf", amd64: 321, arm64: 280},
	{name: "userfaultfd", amd64: 323, arm64: 282},
	{name: "perf_event_open", amd64: 298, arm64: 241},
	{name: "add_key", amd64: 248, arm64: 217},
	{name: "request_key", amd64: 249, arm64: 218},
	{name: "keyctl", amd64: 250, arm64: 219},
	{name: "open_by_handle_at", amd64: 304, arm64: 265},
	{name: "fanotify_init", amd64: 300, arm64: 262},
	{name: "syslog", amd64: 103, arm64: 116},
	{name: "iopl", amd64: 172, arm64: none},
	{name: "ioperm", amd64: 173, arm64: none},

	// Kernel modules and other kernels.
	{name: "create_module", amd64: 174, arm64: none},
	{name: "init_module", amd64: 175, arm64: 105},
	{name: "finit_module", amd64: 313, arm64: 273},
	{name: "delete_module", amd64: 176, arm64: 106},
	{name: "kexec_load", amd64: 246, arm64: 104},
	{name: "kexec_file_load", amd64: 320, arm64: 294},

	// The machine itself, were we root: raw devices, swap, power, the clock.
	{name: "mknod", amd64: 133, arm64: none},
	{name: "mknodat", amd64: 259, arm64: 33},
	{name: "swapon", amd64: 167, arm64: 224},
	{name: "swapoff", amd64: 168, arm64: 225},
	{name: "reboot", amd64: 169, arm64: 142},
	{name: "acct", amd64: 163, arm64: 89},
	{name: "settimeofday", amd64: 164, arm64: 170},
	{name: "clock_settime", amd64: 227, arm64: 112},
	{name: "adjtimex", amd64: 159, arm64: 171},
	{name: "clock_adjtime", amd64: 305, arm64: 266},

	// Mounts, roots and namespaces.
	{name: "mount", amd64: 165, arm64: 40},
	{name: "umount2", amd64: 166, arm64: 39},
	{name: "mount_setattr", amd64: 442, arm64: 442},
	{name: "open_tree", amd64: 428, arm64: 428},
	{name: "open_tree_attr", amd64: 467, arm64: 467},
	{name: "move_mount", amd64: 429, arm64: 429},
	{name: "fsopen", amd64: 430, arm64: 430},
	{name: "fsconfig", amd64: 431, arm64: 431},
	{name: "fsmount", amd64: 432, arm64: 432},
	{name: "fspick", amd64: 433, arm64: 433},
	{name: "pivot_root", amd64: 155, arm64: 41},
	{name: "chroot", amd64: 161, arm64: 51},
	{name: "unshare", amd64: 272, arm64: 97},
	{name: "setns", amd64: 308, arm64: 268},

	// Typing into a terminal, for the shell that reads it after us.
	{name: "ioctl", amd64: 16, arm64: 29, when: all(equal(1, unix.TIOCSTI))},
	{name: "ioctl", amd64: 16, arm64: 29, when: all(equal(1, tioclinux))},
}

const (
	// tioclinux is the same on both architectures: asm-generic/ioctls.h.
	tioclinux = 0x541c

	cloneNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
		unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET
)

// architecture is one machine's column of the table.
type architecture struct {
	audit  uint32 // AUDIT_ARCH_*, as the kernel states it for each call
	hasX32 bool   // numbers from x32Bit on are a second table
	number func(rule) int
}

// x32Bit is __X32_SYSCALL_BIT.
const x32Bit = 0x4000_0000

// architectures are those that have a column, by GOARCH.
var architectures = map[string]architecture{
	"amd64": {audit: unix.AUDIT_ARCH_X86_64, hasX32: true, number: func(r rule) int { return r.amd64 }},
	"arm64": {audit: unix.AUDIT_ARCH_AARCH64, number: func(r rule) int { return r.arm64 }},
}
