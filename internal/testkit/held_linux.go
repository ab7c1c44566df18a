package testkit

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// held is what a process says that is ready to be scanned.
const held = "held for the scan"

// ScanHeld runs the calling test in a process of its own, with setting in its
// environment and input as its standard input, and scans that process when it
// calls Hold.
func ScanHeld(t testing.TB, canary *Canary, setting string, input []byte) []Finding {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), setting)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write(input); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != held {
		said.WriteString(lines.Text() + "\n")
	}
	found, err := canary.ScanProcess(cmd.Process.Pid)
	if err != nil {
		t.Error(err)
	}
	in.Close()
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	return found
}

// Hold says that this process is ready to be scanned, and waits until it was.
func Hold() {
	fmt.Println(held)
	_, _ = io.Copy(io.Discard, os.Stdin)
}
