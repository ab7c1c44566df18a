package secret

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

func init() {
	roles["lock little"] = lockLittle
	roles["lock nothing"] = lockNothing
}

// asNobody gives up root's exemption from the memlock limit.
func asNobody(cmd *exec.Cmd) {
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
}

func TestOrdinaryWorkFitsA64KiBLimit(t *testing.T)  { runRole(t, "lock little", asNobody) }
func TestWithoutAnyLimitLeftNewSaysSo(t *testing.T) { runRole(t, "lock nothing", asNobody) }

func limit(bytes uint64) error {
	return unix.Setrlimit(unix.RLIMIT_MEMLOCK, &unix.Rlimit{Cur: bytes, Max: bytes})
}

// lockLittle makes 1000 keys and the seed and phrase they come from under a
// 64 KiB limit, goes on until it is reached, and returns within it.
func lockLittle() error {
	if err := limit(64 << 10); err != nil {
		return err
	}
	kept := []*Buffer{}
	for _, size := range append([]int{64, 216, 32}, make([]int, 1000)...) {
		b, err := New(max(size, 32))
		if err != nil {
			return fmt.Errorf("after %d buffers: %w", len(kept), err)
		}
		kept = append(kept, b)
	}
	for range 3000 {
		b, err := New(32)
		if err != nil {
			return limitReached(err, "64 KiB", kept)
		}
		kept = append(kept, b)
	}
	return errors.New("the limit does not hold")
}

func limitReached(err error, limit string, kept []*Buffer) error {
	if fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "memlock limit: "+limit) {
		return fmt.Errorf("kind %d: %w", fault.KindOf(err), err)
	}
	if !strings.Contains(fault.HintOf(err), "ulimit -l") {
		return fmt.Errorf("hint %q", fault.HintOf(err))
	}
	kept[7].Close()
	if _, err := New(32); err != nil {
		return fmt.Errorf("what was freed is lost: %w", err)
	}
	return nil
}

func lockNothing() error {
	if err := limit(0); err != nil {
		return err
	}
	_, err := New(32)
	if err == nil || fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "memlock limit: 0 KiB") {
		return fmt.Errorf("New gives %v", err)
	}
	return nil
}

func TestFallsBackToLockedMemory(t *testing.T) {
	without := func(int) ([]byte, error) { return nil, unix.ENOSYS }
	mem, err := mapFirst(chunkSize, without, mapPrivate)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(mem) }()
	// proc(5), VmFlags: locked, not dumped, wiped on fork.
	flags := vmFlags(t, mem)
	for _, want := range []string{"lo", "dd", "wf"} {
		if !strings.Contains(flags, " "+want+" ") {
			t.Errorf("flags %q lack %q", flags, want)
		}
	}
	mem[0], mem[chunkSize-1] = 1, 1
}

func TestNoWayLeftIsTheLastWaysError(t *testing.T) {
	refuse := func(int) ([]byte, error) { return nil, unix.ENOSYS }
	last := func(int) ([]byte, error) { return nil, unix.ENOMEM }
	if _, err := mapFirst(chunkSize, refuse, last); !errors.Is(err, unix.ENOMEM) {
		t.Errorf("got %v", err)
	}
}

func TestPagesAreLockedAndNotInherited(t *testing.T) {
	mem, err := mapLocked(chunkSize)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(mem) }()
	flags := vmFlags(t, mem)
	if !strings.Contains(flags, " lo ") || !strings.Contains(flags, " dd ") {
		t.Errorf("not locked or in dumps: %q", flags)
	}
	if !strings.Contains(flags, " dc ") && !strings.Contains(flags, " wf ") {
		t.Errorf("a child would inherit it: %q", flags)
	}
}

// vmFlags returns the flags of the mapping that mem lies in.
func vmFlags(t *testing.T, mem []byte) string {
	t.Helper()
	file, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	at, inside := uintptr(unsafe.Pointer(&mem[0])), false
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && inside {
			return flags + " "
		}
	}
	t.Fatal("mapping not found")
	return ""
}

// Secret pages are made with the mapping: the first copy into one would fault,
// and a signal that waits is delivered then, with the copy in the registers.
func TestPagesAreThereBeforeTheFirstCopy(t *testing.T) {
	size := 3 * os.Getpagesize()
	mem, err := mapSecret(size)
	if err != nil {
		t.Logf("no secret memory here: %v", err)
		return
	}
	defer func() { _ = unix.Munmap(mem) }()
	pagemap, err := os.Open("/proc/self/pagemap")
	if err != nil {
		t.Fatal(err)
	}
	defer pagemap.Close()
	entries := make([]byte, 3*8)
	if _, err := pagemap.ReadAt(entries, int64(uintptr(unsafe.Pointer(&mem[0])))/int64(os.Getpagesize())*8); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if entries[8*i+7]&0x80 == 0 { // "page present" (proc_pid_pagemap(5)), little-endian
			t.Errorf("page %d is not there yet", i)
		}
	}
}
