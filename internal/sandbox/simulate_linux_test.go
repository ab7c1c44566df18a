package sandbox

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// call is a system call as the kernel shows it to a filter.
type call struct {
	nr, arch uint32
	args     [6]uint64
}

func (c call) data() []byte {
	data := make([]byte, 64) // struct seccomp_data
	binary.LittleEndian.PutUint32(data[0:], c.nr)
	binary.LittleEndian.PutUint32(data[4:], c.arch)
	for i, arg := range c.args {
		binary.LittleEndian.PutUint64(data[16+8*i:], arg)
	}
	return data
}

// run is the part of classic BPF (bpf(4)) that a filter here may use.
func run(t *testing.T, p []unix.SockFilter, c call) uint32 {
	t.Helper()
	data, acc := c.data(), uint32(0)
	for pc := 0; pc < len(p); pc++ {
		in, taken := p[pc], false
		switch in.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			acc = binary.LittleEndian.Uint32(data[in.K:])
			continue
		case unix.BPF_RET | unix.BPF_K:
			return in.K
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			taken = acc == in.K
		case unix.BPF_JMP | unix.BPF_JGE | unix.BPF_K:
			taken = acc >= in.K
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			taken = acc&in.K != 0
		default:
			t.Fatalf("instruction %d: code %#x is not one that filters here use", pc, in.Code)
		}
		if taken {
			pc += int(in.Jt)
		} else {
			pc += int(in.Jf)
		}
	}
	t.Fatal("the filter runs off its end")
	return 0
}

const (
	allowed     = unix.SECCOMP_RET_ALLOW
	deniedEPERM = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	deniedENOSY = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
)

// kernelNumbers returns an architecture's system call numbers by name, from
// the tables of golang.org/x/sys, which are generated from the kernel's.
func kernelNumbers(t *testing.T, arch string) map[string]int {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "golang.org/x/sys/unix").Output()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "zsysnum_linux_"+arch+".go"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^\s+SYS_(\w+)\s+=\s+(\d+)$`).FindAllStringSubmatch(string(text), -1) {
		numbers[strings.ToLower(m[1])], _ = strconv.Atoi(m[2])
	}
	if len(numbers) < 300 {
		t.Fatalf("only %d system calls in the %s table", len(numbers), arch)
	}
	return numbers
}

func forEachArchitecture(t *testing.T, test func(t *testing.T, a architecture, numbers map[string]int)) {
	for name, a := range architectures {
		t.Run(name, func(t *testing.T) { test(t, a, kernelNumbers(t, name)) })
	}
}

func TestTableHasTheKernelsNumbers(t *testing.T) {
	forEachArchitecture(t, func(t *testing.T, a architecture, numbers map[string]int) {
		for _, r := range table {
			want, ok := numbers[r.name]
			if !ok {
				want = none
			}
			if got := a.number(r); got != want {
				t.Errorf("%s is %d in the table, %d in the kernel", r.name, got, want)
			}
		}
	})
}

// mustDeny is what the design promises to deny, whatever the arguments.
var mustDeny = strings.Fields(`socket connect bind listen accept accept4 sendto sendmsg sendmmsg socketpair
	ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd pidfd_open kcmp
	io_uring_setup io_uring_enter io_uring_register bpf userfaultfd perf_event_open
	execve execveat fork vfork memfd_create personality
	kexec_load kexec_file_load init_module finit_module delete_module
	mount umount2 move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr pivot_root chroot setns unshare
	keyctl add_key request_key open_by_handle_at fanotify_init syslog
	process_mrelease move_pages migrate_pages shmget shmat msgget msgsnd msgrcv semget mq_open
	io_setup io_submit vmsplice mknodat swapon swapoff reboot acct
	settimeofday clock_settime adjtimex clock_adjtime`)

func TestDeniedCallsAreDeniedWhateverTheirArguments(t *testing.T) {
	forEachArchitecture(t, func(t *testing.T, a architecture, numbers map[string]int) {
		p := program(a)
		for _, name := range mustDeny {
			nr, ok := numbers[name]
			if !ok && (name == "fork" || name == "vfork") {
				continue // arm64 has clone alone
			}
			if !ok {
				t.Errorf("no system call %q", name)
				continue
			}
			for range 20 {
				if got := run(t, p, call{uint32(nr), a.audit, randomArgs()}); got != deniedEPERM {
					t.Errorf("%s: %#x", name, got)
				}
			}
		}
		if got := run(t, p, call{nr: uint32(numbers["clone3"]), arch: a.audit, args: randomArgs()}); got != deniedENOSY {
			t.Errorf("clone3: %#x", got)
		}
	})
}

func randomArgs() (args [6]uint64) {
	for i := range args {
		args[i] = rand.Uint64() >> rand.IntN(64)
	}
	return args
}

// mustAllow is what the Go runtime, the two C libraries and ethkey itself call.
var mustAllow = strings.Fields(`read write readv writev pread64 pwrite64 lseek openat close fstat statx newfstatat readlinkat
	getdents64 unlinkat mkdirat renameat renameat2 linkat fsync fdatasync syncfs ftruncate fchmod fchmodat fcntl dup3 pipe2
	statfs fstatfs sendfile copy_file_range splice getcwd faccessat2 openat2
	futex nanosleep clock_nanosleep clock_gettime sched_yield sched_getaffinity getpid gettid getppid getuid tgkill kill
	rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall
	munmap madvise mincore mremap brk mlock mlock2 munlock mlockall memfd_secret membarrier
	epoll_create1 epoll_ctl epoll_pwait eventfd2 timer_create timer_settime timer_delete setitimer ppoll pselect6
	set_robust_list rseq set_tid_address getrandom prlimit64 uname sysinfo exit exit_group seccomp
	landlock_create_ruleset landlock_add_rule landlock_restrict_self close_range wait4 waitid`)

func TestWhatTheRuntimeNeedsIsAllowed(t *testing.T) {
	forEachArchitecture(t, func(t *testing.T, a architecture, numbers map[string]int) {
		p := program(a)
		for _, name := range mustAllow {
			nr, ok := numbers[name]
			if !ok {
				t.Errorf("no system call %q", name)
			}
			if got := run(t, p, call{uint32(nr), a.audit, randomArgs()}); got != allowed {
				t.Errorf("%s: %#x", name, got)
			}
		}
	})
}

// TestEveryNumberIsEitherInTheTableOrAllowed walks all numbers, those that no
// kernel has yet too.
func TestEveryNumberIsEitherInTheTableOrAllowed(t *testing.T) {
	forEachArchitecture(t, func(t *testing.T, a architecture, _ map[string]int) {
		p := program(a)
		for nr := range uint32(2000) {
			always := slices.ContainsFunc(table, func(r rule) bool { return a.number(r) == int(nr) && r.when == nil })
			if got := run(t, p, call{nr: nr, arch: a.audit, args: [6]uint64{unix.CLONE_THREAD}}); (got != allowed) != always {
				t.Errorf("%d: %#x", nr, got)
			}
		}
	})
}

func TestConditionsLookAtWhatTheKernelLooksAt(t *testing.T) {
	const high = 0xdead_beef << 32 // which the kernel drops
	goThread := uint64(unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM | unix.CLONE_THREAD)
	libcThread := goThread | unix.CLONE_SETTLS | unix.CLONE_PARENT_SETTID | unix.CLONE_CHILD_CLEARTID
	rw := uint64(unix.PROT_READ | unix.PROT_WRITE)
	cases := []struct {
		name string
		args [6]uint64
		want uint32
	}{
		{"clone", [6]uint64{goThread}, allowed},
		{"clone", [6]uint64{libcThread}, allowed},
		{"clone", [6]uint64{uint64(unix.SIGCHLD)}, deniedEPERM},
		{"clone", [6]uint64{high | uint64(unix.SIGCHLD)}, deniedEPERM},
		{"clone", [6]uint64{unix.CLONE_THREAD<<32 | uint64(unix.SIGCHLD)}, deniedEPERM},
		{"clone", [6]uint64{unix.CLONE_VFORK | unix.CLONE_VM | uint64(unix.SIGCHLD)}, deniedEPERM},
		{"clone", [6]uint64{goThread | unix.CLONE_NEWNET}, deniedEPERM},
		{"clone", [6]uint64{goThread | unix.CLONE_NEWNS}, deniedEPERM},
		{"mmap", [6]uint64{0, 4096, rw}, allowed},
		{"mmap", [6]uint64{0, 4096, unix.PROT_NONE}, allowed},
		{"mmap", [6]uint64{unix.PROT_EXEC, unix.PROT_EXEC, rw, unix.PROT_EXEC}, allowed},
		{"mmap", [6]uint64{0, 4096, unix.PROT_EXEC}, deniedEPERM},
		{"mmap", [6]uint64{0, 4096, high | rw | unix.PROT_EXEC}, deniedEPERM},
		{"mprotect", [6]uint64{0, 4096, rw}, allowed},
		{"mprotect", [6]uint64{0, 4096, unix.PROT_READ | unix.PROT_EXEC}, deniedEPERM},
		{"pkey_mprotect", [6]uint64{0, 4096, unix.PROT_READ | unix.PROT_EXEC}, deniedEPERM},
		{"prctl", [6]uint64{unix.PR_SET_DUMPABLE, 0}, allowed},
		{"prctl", [6]uint64{unix.PR_SET_DUMPABLE, 1}, deniedEPERM},
		{"prctl", [6]uint64{unix.PR_SET_DUMPABLE, 2}, deniedEPERM},
		{"prctl", [6]uint64{high | unix.PR_SET_DUMPABLE, 1}, deniedEPERM},
		{"prctl", [6]uint64{unix.PR_GET_DUMPABLE, 1}, allowed},
		{"prctl", [6]uint64{unix.PR_SET_PTRACER, ^uint64(0)}, deniedEPERM},
		{"prctl", [6]uint64{unix.PR_SET_VMA, 1}, allowed}, // the Go runtime names its mappings
		{"prctl", [6]uint64{unix.PR_SET_NO_NEW_PRIVS, 1}, allowed},
		{"ioctl", [6]uint64{0, unix.TCGETS}, allowed},
		{"ioctl", [6]uint64{0, unix.TCSETS}, allowed},
		{"ioctl", [6]uint64{0, unix.TIOCGWINSZ}, allowed},
		{"ioctl", [6]uint64{0, unix.TIOCSTI}, deniedEPERM},
		{"ioctl", [6]uint64{0, high | unix.TIOCSTI}, deniedEPERM},
		{"ioctl", [6]uint64{0, 0x541c}, deniedEPERM},
	}
	forEachArchitecture(t, func(t *testing.T, a architecture, numbers map[string]int) {
		p := program(a)
		for _, c := range cases {
			if got := run(t, p, call{uint32(numbers[c.name]), a.audit, c.args}); got != c.want {
				t.Errorf("%s%#x: %#x, want %#x", c.name, c.args, got, c.want)
			}
		}
	})
}

func TestOtherSystemCallTablesAreDeniedWhole(t *testing.T) {
	others := map[string]uint32{"i386": unix.AUDIT_ARCH_I386, "arm": unix.AUDIT_ARCH_ARM, "riscv64": unix.AUDIT_ARCH_RISCV64, "none": 0}
	for name, a := range architectures {
		others[name] = a.audit
	}
	forEachArchitecture(t, func(t *testing.T, a architecture, numbers map[string]int) {
		p := program(a)
		for name, audit := range others {
			if audit == a.audit {
				continue
			}
			for nr := range uint32(600) {
				if got := run(t, p, call{nr: nr, arch: audit}); got != deniedEPERM {
					t.Fatalf("%s call %d: %#x", name, nr, got)
				}
			}
		}
		for nr := range uint32(600) {
			got := run(t, p, call{nr: x32Bit | nr, arch: a.audit})
			if a.hasX32 && got != deniedEPERM || !a.hasX32 && got != allowed {
				t.Fatalf("x32 call %d: %#x", nr, got)
			}
		}
	})
}

// TestKernelAcceptsTheShape checks what the kernel checks of a filter
// (net/core/filter.c): its size, and that no jump leaves it.
func TestKernelAcceptsTheShape(t *testing.T) {
	for name, a := range architectures {
		p := program(a)
		if len(p) > 4096 {
			t.Errorf("%s: %d instructions", name, len(p))
		}
		for pc, in := range p {
			if pc+1+int(max(in.Jt, in.Jf)) >= len(p) && in.Code != unix.BPF_RET|unix.BPF_K {
				t.Errorf("%s: instruction %d leaves the program: %v", name, pc, in)
			}
		}
		if fmt.Sprint(p[len(p)-1]) != fmt.Sprint(allow()) {
			t.Errorf("%s: the last word is not allow", name)
		}
	}
}
