package testkit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// hexed writes text as strace -xx does.
func hexed(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// on follows a call whose arguments are written plainly: @ is a descriptor of
// the folder, and @name one of a file in it.
func (d *Disk) on(t *testing.T, name, result string, args ...string) {
	t.Helper()
	for i, a := range args {
		switch {
		case a == "@":
			args[i] = "3<" + hexed(d.dir) + ">"
		case strings.HasPrefix(a, "@"):
			args[i] = "4<" + hexed(d.dir+"/"+a[1:]) + ">"
		case strings.HasPrefix(a, `"`):
			args[i] = `"` + hexed(strings.Trim(a, `"`)) + `"`
		}
	}
	d.Follow(Syscall{Name: name, Args: strings.Join(args, ", "), Result: result})
}

// images are what some thousand cuts left, each once, as "name=content".
func (d *Disk) images() []string {
	random, seen := rand.New(rand.NewPCG(1, 2)), map[string]bool{}
	for range 4000 {
		files := d.Cut(random)
		var all []string
		for _, name := range slices.Sorted(maps.Keys(files)) {
			all = append(all, name+"="+string(files[name]))
		}
		seen[strings.Join(all, " ")] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func TestDisk(t *testing.T) {
	d := NewDisk("/d", map[string][]byte{"old": []byte("abcd")})
	want := func(when string, images ...string) {
		t.Helper()
		slices.Sort(images)
		if got := d.images(); !slices.Equal(got, images) {
			t.Errorf("%s: %q, expected %q", when, got, images)
		}
	}
	want("at first", "old=abcd")
	d.on(t, "pwrite64", "1", "@old", `"X"`, "1", "1")
	d.on(t, "pwrite64", "1", "@old", `"Y"`, "1", "3")
	want("two writes", "old=aXcY", "old=aXcd", "old=abcY", "old=abcd")
	d.on(t, "fdatasync", "-1 EIO (Input/output error)", "@old")
	want("a sync that failed", "old=aXcY", "old=aXcd", "old=abcY", "old=abcd")
	d.on(t, "fdatasync", "0", "@old")
	want("synced", "old=aXcY")
	d.on(t, "ftruncate", "0", "@old", "2")
	want("cut short", "old=aX", "old=aXcY")
	d.on(t, "fsync", "0", "@old")
	d.on(t, "openat", "5", "@", `"new"`, "O_RDWR|O_CREAT|O_EXCL", "0600")
	d.on(t, "pwrite64", "2", "@new", `"nn"`, "2", "0")
	d.on(t, "fsync", "0", "@new")
	want("a synced file whose name is not", "new=nn old=aX", "old=aX")
	d.on(t, "renameat2", "0", "@", `"new"`, "@", `"name"`, "RENAME_NOREPLACE")
	want("renamed", "name=nn old=aX", "new=nn old=aX", "old=aX")
	d.on(t, "fsync", "0", "@")
	want("the folder is synced", "name=nn old=aX")
	d.on(t, "pwrite64", "600", "@name", `"`+strings.Repeat("m", 600)+`"`, "600", "0")
	m, z := strings.Repeat("m", 512), strings.Repeat("\x00", 510)
	want("a torn write", "name="+m+strings.Repeat("m", 88)+" old=aX", "name="+m+" old=aX", "name=nn old=aX", "name=nn"+z+strings.Repeat("m", 88)+" old=aX")
	d.on(t, "unlinkat", "0", "@", `"old"`, "0")
	d.on(t, "fsync", "0", "@name")
	d.on(t, "fsync", "0", "@")
	want("removed", "name="+m+strings.Repeat("m", 88))
	d.on(t, "write", "3", "1<"+hexed("pipe:[1]")+">", `"say"`, "3")
	if string(d.Said) != "say" {
		t.Errorf("said %q", d.Said)
	}
}
