package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// mostHistory is the memory, in MiB, that a command on a history of any size
// may take.
const mostHistory = 64

// longHistory writes a file of about so many MiB: two keys that signed for
// years. Before the last bytes it calls almost.
func longHistory(to io.Writer, size int, almost func()) error {
	w := bufio.NewWriterSize(to, 1<<20)
	fmt.Fprint(w, `{"metadata":{"interchange_format_version":"5","genesis_validators_root":"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"},"data":[`)
	for i, key := range []string{
		"b3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911",
		"aeb399bf5648b0e9980c1731824c269631a41320c3d7f730c40587e1a37a5e1c8b5755fd90080a7b3fb90d3fd419c0a7",
	} {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, "\n{\"pubkey\":\"0x%s\",\"signed_blocks\":[],\"signed_attestations\":[", key)
		for n, written := 0, 0; written < size<<20/2; n++ {
			if n > 0 {
				fmt.Fprint(w, ",")
			}
			length, _ := fmt.Fprintf(w, "\n{\"source_epoch\":\"%d\",\"target_epoch\":\"%d\",\"signing_root\":\"0x%064x\"}", n, n+1, n+1)
			written += length
		}
		fmt.Fprint(w, "]}")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	almost()
	fmt.Fprint(w, "]}\n")
	return w.Flush()
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// TestHistoryOfAnySizeTakesLittleMemory runs the commands that stream on a file
// that is larger than what they may hold. The kernel's own account of a process
// that ended begins with the memory of the test that started it; so each is
// asked when it has read nearly all.
func TestHistoryOfAnySizeTakesLittleMemory(t *testing.T) {
	dir := withSecrets(t)
	size := mostHistory * 3 / 2
	if testkit.Race { // which takes several times the memory, and the time
		size = 8
	}
	for _, args := range [][]string{
		{"inspect"}, {"check"}, {"minify"}, {"explain", "--for", "lodestar"}, {"merge", "--for", "dirk"},
		{"filter", "--public-keys", "0xb3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911"},
	} {
		cmd := ethkey(t, dir, append(append([]string{"slashing"}, args...), "-")...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		peak := 0
		err = longHistory(stdin, size, func() {
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if m := highWater.FindSubmatch(status); m != nil {
				peak, _ = strconv.Atoi(string(m[1]))
			}
		})
		if err != nil {
			t.Errorf("%v: %v", args, err)
		}
		_ = stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v\n%s", args, err, stderr.String())
		}
		if !testkit.Race && (peak == 0 || peak > mostHistory<<10) {
			t.Errorf("%v: %d KiB, at most %d are allowed", args, peak, mostHistory<<10)
		}
	}
}

// Somebody who forgot that - waits for input gets away with one Ctrl-C.
func TestReadingATerminalIsInterrupted(t *testing.T) {
	p := testkit.StartPTY(t, ethkey(t, testkit.TempDir(t), "slashing", "inspect", "-"))
	p.Expect("reading standard input; Ctrl-D ends it")
	p.Interrupt()
	p.ExpectExit(130)
}

// A full disk behind standard output is the machine's fault and not the file's,
// whichever write finds out.
func TestAFullOutputIsNotTheFilesFault(t *testing.T) {
	dir := testkit.TempDir(t)
	f, err := os.Create(filepath.Join(dir, "long.json"))
	if err == nil {
		err = errors.Join(longHistory(f, 1, func() {}), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"filter", "--public-keys", onlyKey}, {"repair"}, {"merge", "--keep-messages"}, {"minify"},
	} {
		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		cmd := ethkey(t, dir, append(append([]string{"slashing"}, args...), "long.json")...)
		var stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = full, &stderr
		err = cmd.Run()
		_ = full.Close()
		const want = "error: the output cannot be printed: no space left on device\nethkey: hint: what was printed before is not whole"
		if cmd.ProcessState.ExitCode() != 3 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%v: %v\n%s", args, err, stderr.String())
		}
	}
}
