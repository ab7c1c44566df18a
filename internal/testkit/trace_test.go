package testkit

import (
	"slices"
	"testing"
)

func TestParseTrace(t *testing.T) {
	const text = `100 openat(AT_FDCWD, "/a) = b", O_RDONLY) = 3
100 read(3,  <unfinished ...>
101 socket(AF_INET, SOCK_DGRAM, 0) = -1 EPERM (Operation not permitted)
100 <... read resumed>"x = 1", 4096) = 5
101 --- SIGURG {si_signo=SIGURG} ---
101 write(1, "", 0) = -1 ENOSPC (No space left on device) (INJECTED)
101 futex(0x1, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>
100 exit_group(0)                       = ?
101 +++ exited with 0 +++
`
	want := []Syscall{
		{100, "openat", `AT_FDCWD, "/a) = b", O_RDONLY`, "3"},
		{100, "read", `3, "x = 1", 4096`, "5"},
		{101, "socket", "AF_INET, SOCK_DGRAM, 0", "-1 EPERM (Operation not permitted)"},
		{101, "write", `1, "", 0`, "-1 ENOSPC (No space left on device) (INJECTED)"},
		{101, "futex", "0x1, FUTEX_WAIT_PRIVATE, 0, NULL", "?"},
		{100, "exit_group", "0", "?"},
	}
	got := parseTrace(text)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	for i, c := range got {
		if c.Injected() != (i == 3) {
			t.Errorf("%s: injected: %t", c.Name, c.Injected())
		}
	}
}
