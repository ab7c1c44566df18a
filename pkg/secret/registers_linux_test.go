package secret_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// copied are sizes that the runtime copies through different registers: two
// general ones, two and sixteen vector registers.
var copied = []int{16, 32, 256}

// A signal that comes after a copy, or after a secret was wiped, saves no part
// of it: the registers are clear. The second run copies without that, to show
// that it would be seen.
func TestASignalSavesNoSecret(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("not root: the memory of the process cannot be read")
		return
	}
	if mode := os.Getenv("REGISTERS_HOLDER"); mode != "" {
		holdSignalled(mode == "plainly")
		return
	}
	for _, size := range copied {
		key := make([]byte, size)
		_, _ = rand.Read(key)
		canary := testkit.NewCanary()
		for at := 0; at < size; at += 16 {
			canary.Add(fmt.Sprintf("bytes %d to %d of %d", at, at+16, size), bytes.Clone(key[at:at+16]))
		}
		input := append([]byte{byte(size - 1)}, key...)
		if found := testkit.ScanHeld(t, canary, "REGISTERS_HOLDER=carefully", input); len(found) != 0 {
			t.Errorf("a signal saved %v", found)
		}
		if found := testkit.ScanHeld(t, canary, "REGISTERS_HOLDER=plainly", input); len(found) == 0 && size != 16 {
			t.Errorf("%d bytes in the registers are not found", size)
		}
	}
}

// holdSignalled copies the secret of its standard input with a signal behind
// each copy, wipes all and waits.
func holdSignalled(plainly bool) {
	runtime.LockOSThread()
	var size [1]byte
	_, _ = io.ReadFull(os.Stdin, size[:])
	raw := make([]byte, int(size[0])+1)
	_, _ = io.ReadFull(os.Stdin, raw)
	key, err := secret.From(raw)
	if err != nil {
		panic(err)
	}
	room, err := secret.New(key.Len())
	if err != nil {
		panic(err)
	}
	if plainly {
		copy(room.Bytes(), key.Bytes())
	} else {
		secret.Copy(room.Bytes(), key.Bytes())
	}
	signalSelf()
	if !plainly {
		copy(room.Bytes(), key.Bytes())
		room.Close()
		signalSelf()
		key.Close()
	}
	testkit.Hold()
}

// signalSelf has the kernel save this thread's registers.
func signalSelf() { _ = unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGURG) }
