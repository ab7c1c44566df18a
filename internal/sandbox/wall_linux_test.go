package sandbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

func init() {
	roles["denied"] = denied
	roles["undenied"] = undenied
	roles["nothing"] = func() error { return nil }
	roles["runtime"] = runtimeWorks
	roles["twice"] = twice
	roles["x32"] = x32
	roles["walled by another"] = walledByAnother
}

func TestEveryThreadIsDenied(t *testing.T)           { runRole(t, "denied") }
func TestTheCallsDoNotFailByThemselves(t *testing.T) { runRole(t, "undenied") }
func TestGoRuntimeWorksBehindTheWall(t *testing.T)   { runRole(t, "runtime") }
func TestASecondWallDoesNoHarm(t *testing.T)         { runRole(t, "twice") }
func TestX32CallsAreDenied(t *testing.T)             { runRole(t, "x32") }
func TestAThreadWithAFilterIsAFault(t *testing.T)    { runRole(t, "walled by another") }

// badArgs make a call fail with something else than EPERM, or harmlessly
// succeed, where no filter stops it; a denial with conditions gets the
// arguments that meet them.
func badArgs(r rule) (args [6]uintptr) {
	for i := range args {
		args[i] = ^uintptr(0)
	}
	switch r.name {
	case "clone":
		args = [6]uintptr{uintptr(unix.SIGCHLD)}
	case "prctl":
		args[0] = uintptr(r.when[0].k)
	case "ioctl":
		args[1] = uintptr(r.when[0].k)
	case "mmap":
		args = [6]uintptr{0, 4096, unix.PROT_READ | unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANONYMOUS, ^uintptr(0), 0}
	case "unshare", "personality", "pidfd_open":
		args = [6]uintptr{}
	}
	return args
}

// tryAll makes every denied call on this thread. Only a thread under a filter
// may: a fork that succeeds here would run the rest of the test twice.
func tryAll() error {
	if mode, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0); mode != 2 {
		return fmt.Errorf("thread %d: seccomp mode %d, %v", unix.Gettid(), mode, err)
	}
	var faults []error
	for _, r := range table {
		nr := architectures[runtime.GOARCH].number(r)
		if nr == none {
			continue
		}
		want := unix.EPERM
		if r.errno != 0 {
			want = r.errno
		}
		args := badArgs(r)
		_, _, errno := unix.RawSyscall6(uintptr(nr), args[0], args[1], args[2], args[3], args[4], args[5])
		if errno != want {
			faults = append(faults, fmt.Errorf("thread %d: %s: %v", unix.Gettid(), r.name, errno))
		}
	}
	return errors.Join(faults...)
}

// lockedThreads starts n goroutines that own a thread each and do work when
// they are told to, and returns once all threads are there.
func lockedThreads(n int, start <-chan struct{}, work func() error) (wait func() error) {
	var mu sync.Mutex
	var faults []error
	var ready, done sync.WaitGroup
	seen := map[int]bool{}
	ready.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
			mu.Lock()
			seen[unix.Gettid()] = true
			mu.Unlock()
			ready.Done()
			<-start
			err := work()
			mu.Lock()
			faults = append(faults, err)
			mu.Unlock()
		})
	}
	ready.Wait()
	return func() error {
		done.Wait()
		if len(seen) != n {
			faults = append(faults, fmt.Errorf("%d threads instead of %d", len(seen), n))
		}
		return errors.Join(faults...)
	}
}

func denied() error {
	before := make(chan struct{})
	waitBefore := lockedThreads(4, before, tryAll)
	if err := Wall(); err != nil {
		return err
	}
	close(before)
	after := make(chan struct{})
	waitAfter := lockedThreads(4, after, tryAll)
	close(after)
	if err := errors.Join(waitBefore(), waitAfter(), tryAll()); err != nil {
		return err
	}
	return everyThreadIsFiltered()
}

func everyThreadIsFiltered() error {
	files, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil || len(files) < 4 {
		return fmt.Errorf("%d threads, %v", len(files), err)
	}
	for _, name := range files {
		status, err := os.ReadFile(name)
		if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ESRCH) {
			continue // the thread ended
		}
		if !bytes.Contains(status, []byte("\nSeccomp:\t2\n")) || !bytes.Contains(status, []byte("\nNoNewPrivs:\t1\n")) {
			return fmt.Errorf("%s: not walled (%v)", name, err)
		}
	}
	return nil
}

// undenied keeps denied honest: without the wall most of the same calls give
// another answer than EPERM.
func undenied() error {
	stopped := []string{}
	for _, r := range table {
		nr := architectures[runtime.GOARCH].number(r)
		if nr == none || slices.Contains([]string{"fork", "vfork", "clone"}, r.name) {
			continue // these would succeed
		}
		args := badArgs(r)
		if _, _, errno := unix.RawSyscall6(uintptr(nr), args[0], args[1], args[2], args[3], args[4], args[5]); errno == unix.EPERM {
			stopped = append(stopped, r.name)
		}
	}
	if len(stopped) > len(table)/3 {
		return fmt.Errorf("EPERM without the wall: %q", stopped)
	}
	return nil
}

// runtimeWorks does behind the wall what the tool does all day.
func runtimeWorks() error {
	if err := Wall(); err != nil {
		return err
	}
	return errors.Join(threads(), memory(), timers(), files(), noChild())
}

func threads() error {
	for range 3 {
		start := make(chan struct{})
		wait := lockedThreads(16, start, func() error { return nil })
		close(start)
		if err := wait(); err != nil {
			return err
		}
	}
	return nil
}

func memory() error {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			kept := [][]byte{}
			for i := range 200 {
				kept = append(kept, make([]byte, 1<<16))
				if i%50 == 0 {
					runtime.GC()
				}
			}
			runtime.KeepAlive(kept)
		})
	}
	wg.Wait()
	debug.FreeOSMemory()
	return nil
}

func timers() error {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	for range 5 {
		<-ticker.C
	}
	return nil
}

func files() error {
	dir, err := os.MkdirTemp("", "walled")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "a")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	go func() { _, _ = w.Write([]byte("y")); _ = w.Close() }()
	if n, err := r.Read(make([]byte, 2)); n != 1 {
		return fmt.Errorf("read %d bytes from a pipe: %w", n, err)
	}
	return os.Rename(name, name+"b")
}

func noChild() error {
	child := exec.Command("/proc/self/exe")
	child.Env = []string{"ETHKEY_TEST_ROLE=nothing"}
	if err := child.Run(); !errors.Is(err, unix.EPERM) {
		return fmt.Errorf("starting a program gives %v", err)
	}
	return nil
}

func twice() error {
	return errors.Join(Wall(), Wall(), tryAll())
}

func x32() error {
	if err := Wall(); err != nil {
		return err
	}
	const getpid = 39
	if runtime.GOARCH != "amd64" {
		return nil
	}
	if _, _, errno := unix.RawSyscall(x32Bit|getpid, 0, 0, 0); errno != unix.EPERM {
		return fmt.Errorf("an x32 call gives %v", errno)
	}
	return nil
}

// walledByAnother puts one thread under a filter of its own, which TSYNC cannot
// replace.
func walledByAnother() error {
	start := make(chan struct{})
	installed := make(chan error)
	lockedThreads(1, start, func() error {
		installed <- filterThisThread()
		select {}
	})
	close(start)
	if err := <-installed; err != nil {
		return err
	}
	err := Wall()
	if err == nil || fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "runs under another system call filter") {
		return fmt.Errorf("Wall gives %v", err)
	}
	if !strings.Contains(fault.HintOf(err), "--allow-degraded=seccomp") {
		return fmt.Errorf("hint %q", fault.HintOf(err))
	}
	return nil
}

func filterThisThread() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, errno := setFilter([]unix.SockFilter{allow()}, 0); errno != 0 {
		return errno
	}
	return nil
}

func TestAMissingWallIsNamed(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{verdict(0, unix.ENOSYS), "no seccomp (before Linux 3.17, or emulated by qemu)"},
		{verdict(^uintptr(0), unix.EINVAL), "CONFIG_SECCOMP_FILTER"},
		{verdict(0, unix.EACCES), "the kernel refused the system call filter: permission denied"},
		{verdict(4711, 0), "thread 4711 runs under another system call filter"},
		{probe(), "took the system call filter and does not act on it"}, // no filter here
	} {
		if c.err == nil || fault.KindOf(c.err) != fault.Environment || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("kind %d: %v, want %q", fault.KindOf(c.err), c.err, c.want)
		}
	}
	if err := verdict(0, 0); err != nil {
		t.Errorf("a wall that stands is %v", err)
	}
}
