package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/secret"
)

// secretKeys are the signing keys of indices 0 and 1.
func secretKeys(t *testing.T) [][]byte {
	t.Helper()
	seed := make([]byte, 64)
	if _, err := fmt.Sscanf(seedHex, "%x", &seed); err != nil {
		t.Fatal(err)
	}
	buf, err := secret.From(seed)
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	var out [][]byte
	for i := range uint32(2) {
		sk, err := derive.Derive(buf, derive.SigningPath(i))
		if err != nil {
			t.Fatal(err)
		}
		b, err := sk.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, append([]byte(nil), b.Bytes()...))
		b.Close()
		sk.Close()
	}
	return out
}

// referee judges by the names alone, with nothing of ethkey's own: nothing
// visible, a whole set, or, in a folder that was there, keystores without
// deposit data. Nothing secret lies in clear text anywhere.
func referee(c *testkit.Canary, dir string, existing bool) error {
	entries, err := os.ReadDir(filepath.Join(dir, "validator_keys"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	keystores, deposits := 0, 0
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case keystoreFile.MatchString(name):
			keystores++
		case strings.HasPrefix(name, "deposit_data-"):
			deposits++
		default:
			return fmt.Errorf("%s is visible", name)
		}
	}
	found, err := c.ScanTree(dir, named)
	switch {
	case err != nil:
		return err
	case len(found) > 0:
		return fmt.Errorf("%v", found[0])
	case deposits > 1, deposits == 1 && keystores != 2, deposits == 0 && keystores > 0 && !existing:
		return fmt.Errorf("%d keystores and %d deposit files are visible", keystores, deposits)
	}
	return nil
}

var keystoreFile = regexp.MustCompile(`^keystore-m_12381_3600_[01]_0_0-\d{10}\.json$`)

// prepare lays the secrets out, and the target when it is to be there.
func prepare(t *testing.T, dir string, existing bool) *exec.Cmd {
	writeFile(t, dir, "phrase", phrase)
	writeFile(t, dir, "password", password)
	if existing {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(dir, "validator_keys")
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Fatal(err)
		}
		testkit.ChownLike(t, target, info)
	}
	return ethkey(t, dir, unattended...)
}

// A run that is killed at any moment leaves nothing or everything; the run
// after it clears up and succeeds.
func TestKilledRuns(t *testing.T) {
	for _, existing := range []bool{false, true} {
		t.Run(fmt.Sprintf("existing=%t", existing), func(t *testing.T) {
			c := canary(t)
			testkit.KillLoop{
				Command: func(dir string) *exec.Cmd { return prepare(t, dir, existing) },
				Referee: func(dir string, _ []byte, finished bool) error {
					if err := referee(c, dir, existing); err != nil || finished {
						return err
					}
					return secondRun(t, dir)
				},
			}.Run(t)
		})
	}
}

// secondRun makes other keys in the same folder; nothing of the killed run may
// be in its way or remain hidden.
func secondRun(t *testing.T, dir string) error {
	args := append(append([]string{}, unattended...), "--validator_start_index", "100")
	cmd := ethkey(t, dir, args...)
	cmd.Env = append(cmd.Env, "ETHKEY_TEST_UNIX=1900000000") // not the killed run's second
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("the next run: %w\n%s", err, out)
	}
	for _, where := range []string{dir, filepath.Join(dir, "validator_keys")} {
		hidden, err := filepath.Glob(filepath.Join(where, ".ethkey-*"))
		if err != nil || len(hidden) > 0 {
			return fmt.Errorf("the next run left %v", hidden)
		}
	}
	return nil
}

// Every call by which the program changes the disk is failed, or is the last
// thing that it does.
func TestEverySystemCallFails(t *testing.T) {
	calls := []string{"openat", "write", "fsync", "syncfs", "mkdirat", "renameat2", "unlinkat"}
	for _, inject := range []string{"error=ENOSPC", "error=EIO", "error=EROFS", "signal=SIGKILL"} {
		for _, existing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/existing=%t", inject, existing), func(t *testing.T) {
				t.Parallel()
				c := canary(t)
				tampered := testkit.InjectWalk{
					Syscalls: calls,
					Inject:   inject,
					Most:     12,
					Command:  func(dir string) *exec.Cmd { return prepare(t, dir, existing) },
					Referee: func(dir string, out []byte, o testkit.InjectOutcome) error {
						return judgeInjected(c, dir, out, o, existing)
					},
				}.Run(t)
				if tampered < len(calls) {
					t.Errorf("only %d runs were tampered with", tampered)
				}
			})
		}
	}
}

func judgeInjected(c *testkit.Canary, dir string, out []byte, o testkit.InjectOutcome, existing bool) error {
	if err := referee(c, dir, existing); err != nil {
		return err
	}
	text := string(out)
	switch {
	case o.Killed || o.Exit == 0:
		return nil
	case strings.Contains(text, "netpollBreak write failed"):
		return nil // the call was the Go runtime's, which wakes itself by a write
	case strings.Contains(text, "panic") || strings.Contains(text, "goroutine "):
		return fmt.Errorf("a stack trace:\n%s", text)
	case o.Exit != 1 && o.Exit != 3 && o.Exit != 4:
		return fmt.Errorf("exit code %d:\n%s", o.Exit, text)
	}
	return nil
}
