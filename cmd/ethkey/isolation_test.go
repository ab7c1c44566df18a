package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/testkit"
)

// What the phrase of these tests holds, from other implementations: entropy,
// BIP-39 seed without passphrase, the signing key of index 0.
const (
	entropyHex = "c0ba5a8e914111210f2bd131f3d5e08d"
	seedHex    = "00e1e39a39e23735adab690d0ffbefda6cacc063b4a5fcc605de060bd370adc54c94370d966b9a3fae5ed16bd58a02224cbefca4146a083951b70be2a2ce3dcc"
)

// unattended is a whole run over the files phrase and password.
var unattended = []string{
	"existing-mnemonic", "--non_interactive", "--mnemonic-file", "phrase", "--keystore-password-file", "password",
	"--validator_start_index", "0", "--num_validators", "2", "--chain", "mainnet", "--withdrawal_address", "",
}

// canary knows the secrets of such a run.
func canary(t *testing.T) *testkit.Canary {
	t.Helper()
	c := testkit.NewCanary()
	c.AddText("phrase", phrase)
	c.Add("password", []byte(password))
	for name, text := range map[string]string{"entropy": entropyHex, "seed": seedHex} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Add(name, b)
	}
	for i, sk := range secretKeys(t) {
		c.Add(fmt.Sprintf("secret key %d", i), sk)
	}
	return c
}

func withSecrets(t testing.TB) string {
	t.Helper()
	dir := testkit.TempDir(t)
	writeFile(t, dir, "phrase", phrase)
	writeFile(t, dir, "password", password)
	return dir
}

// named are the files that the secrets come from.
func named(path string) bool {
	return slices.Contains([]string{"phrase", "password"}, filepath.Base(path))
}

// No secret reaches stdout, stderr, or a file that was not named for it.
func TestNoSecretIsWritten(t *testing.T) {
	dir := withSecrets(t)
	var stdout, stderr strings.Builder
	cmd := ethkey(t, dir, unattended...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	c := canary(t)
	found := append(c.Scan("stdout", []byte(stdout.String())), c.Scan("stderr", []byte(stderr.String()))...)
	inFiles, err := c.ScanTree(dir, named)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(found, inFiles...) {
		t.Error(f)
	}
	if control, _ := c.ScanTree(dir, nil); len(control) == 0 {
		t.Error("the canary does not find the secrets where they are")
	}
}

// While a person answers, and reads the summary, all secrets are in the process;
// none is in memory that a reader can reach, not even root's, where the kernel
// has memfd_secret. Every other test at a terminal looks as well.
func TestNoSecretInReadableMemory(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("not root: nobody but the process itself could look, which is what TestAnotherProcessOfTheUserIsKeptOut proves")
		return
	}
	if !secretMemory(t) {
		return
	}
	// Not the test binary, in which the phrase is a constant.
	cmd := &exec.Cmd{Path: testkit.Binary(t), Dir: testkit.TempDir(t), Env: os.Environ()}
	cmd.Args = []string{"ethkey", "existing-mnemonic", "--language", "english", "--num_validators", "2", "--chain", "mainnet"}
	testkit.Unprivileged(t, cmd)
	p := atTerminal(t, cmd)
	onAlt(p, "your mnemonic phrase")
	p.Send(phrase + " ")
	finish(p)
	p.Expect("index of the first key")
	p.SendLine("0")
	p.Expect("repeat the index")
	p.SendLine("0")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("withdrawal address")
	p.SendLine("")
	p.Expect("press any key")
	p.Interrupt()
	p.ExpectExit(130)
}

// secretMemory tells whether the kernel has memfd_secret, which CI must.
// Before Linux 6.5 it has to be switched on when the machine starts.
func secretMemory(t *testing.T) bool {
	t.Helper()
	fd, err := unix.MemfdSecret(0)
	if err == nil {
		_ = unix.Close(fd)
		return true
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("no memfd_secret, which CI must have: %v", err)
	}
	t.Logf("no memfd_secret, so that root could read secrets: %v", err)
	return false
}

// Secrets on the command line are blanked as soon as it is read: whoever lists
// the processes while ethkey waits does not see them.
func TestCommandLineIsBlanked(t *testing.T) {
	for _, form := range [][]string{
		{"--mnemonic", phrase, "--keystore_password", password, "--mnemonic_password", "passed by argument"},
		{"--mnemonic=" + phrase, "--keystore-password=" + password, "--mnemonic-password=passed by argument"},
	} {
		p, _ := person(t, append([]string{"existing-mnemonic"}, form...)...)
		p.Expect("language of the texts")
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.Pid()))
		if err != nil || !strings.Contains(string(line), "--mnemonic") {
			t.Fatalf("the command line cannot be read: %q, %v", line, err)
		}
		for _, secret := range []string{"scheme", "borrow", "horse", "passed by"} {
			if strings.Contains(string(line), secret) {
				t.Errorf("the command line still shows %q", secret)
			}
		}
		p.SendLine("")
		p.ExpectHidden("repeat the password") // the value is not lost
		p.SendLine(password)
		p.ExpectHidden("repeat the mnemonic's passphrase")
		p.SendLine("passed by argument")
		p.Expect("index of the first key")
		p.Interrupt()
		p.ExpectExit(130)
	}
}

// What a hostile keystore says of itself does not act on the terminal.
func TestKeystoreTextIsSpelledOut(t *testing.T) {
	dir := withSecrets(t)
	if out, err := ethkey(t, dir, unattended...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(keys(t, dir)[1])
	if err != nil {
		t.Fatal(err)
	}
	hostile := strings.Replace(string(text), `"path": "`, `"path": "\u001b]0;owned\u0007\u202e`, 1)
	writeFile(t, dir, "hostile.json", hostile)
	out, err := ethkey(t, dir, "test-keystore", "--non_interactive", "--keystore", "hostile.json", "--keystore-password-file", "password").CombinedOutput()
	if err != nil || !strings.Contains(string(out), `path \x1b]0;owned\x07\u202e`) || strings.ContainsAny(string(out), "\x1b\x07\u202e") {
		t.Errorf("%v, %q", err, out)
	}
}

// networkCalls are those that a command behind the walls must never have
// succeeded in.
var networkCalls = regexp.MustCompile(`^(socket|socketpair|connect|bind|listen|accept4?|sendto|sendmsg|sendmmsg|recvfrom|recvmsg|ptrace|process_vm_\w+|io_uring_\w+|bpf|userfaultfd|pidfd_getfd)$`)

// Every command of the tree, with its help and with wrong and right use, runs
// behind the walls: they stand before a file is opened that the command line
// names, and no forbidden call succeeds.
func TestEveryCommandIsWalled(t *testing.T) {
	bin := program(t)
	lines := [][]string{unattended, {"selftest"}, {"version"}, {"--version"}, {"nonsense"}, {}}
	for _, c := range commandTree(t) {
		if c.Annotation == "network" {
			continue
		}
		lines = append(lines, append(c.Path, "--help"), append(append([]string{}, c.Path...), "--no-such-flag"))
		if len(c.Path) > 0 && c.Path[0] != "completion" && c.Path[0] != "help" {
			lines = append(lines, append(append([]string{}, c.Path...), "--non_interactive"))
		}
	}
	for _, args := range lines {
		line := strings.Join(args, " ")
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			cmd := exec.Command(bin)
			cmd.Args = append([]string{"ethkey"}, args...)
			cmd.Dir = withSecrets(t)
			testkit.Unprivileged(t, cmd)
			calls, _ := testkit.Trace(t, cmd)
			checkTrace(t, line, calls)
		})
	}
}

func commandTree(t *testing.T) []testkit.Command {
	t.Helper()
	out, err := ethkey(t, testkit.TempDir(t), "commands").Output()
	if err != nil {
		t.Fatal(err)
	}
	return testkit.ParseCommands(t, out)
}

func checkTrace(t *testing.T, line string, calls []testkit.Syscall) {
	t.Helper()
	walled, execs := false, 0
	for _, c := range calls {
		switch {
		case c.Name == "seccomp" && strings.Contains(c.Args, "SECCOMP_SET_MODE_FILTER") && c.Result == "0":
			walled = true
		case c.Name == "execve" && c.Result == "0":
			execs++
		case networkCalls.MatchString(c.Name) && !strings.Contains(c.Result, "EPERM"):
			t.Errorf("ethkey %s: %s(%s) = %s", line, c.Name, c.Args, c.Result)
		case c.Name == "openat" && !walled && (strings.Contains(c.Args, `"phrase"`) || strings.Contains(c.Args, `"password"`)):
			t.Errorf("ethkey %s: opens a secret before the wall stands", line)
		}
	}
	if !walled {
		t.Errorf("ethkey %s: no wall was put up", line)
	}
	if execs != 1 {
		t.Errorf("ethkey %s: %d programs were executed", line, execs)
	}
}

// The hidden command that tries is refused everything.
func TestWallsHold(t *testing.T) {
	out, err := ethkey(t, testkit.TempDir(t), "walls").CombinedOutput()
	if err != nil || strings.Contains(string(out), "NOT") || strings.Count(string(out), "refused") < 10 {
		t.Errorf("%v\n%s", err, out)
	}
}
