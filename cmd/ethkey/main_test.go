package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ethkey/ethkey/internal/sandbox"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// The test binary is ethkey too when it is called by that name: the same
// program, but with cheap key derivation and, if
// it is told one, a stopped clock. With ETHKEY_BIN set, the binary that
// it names is driven instead.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ethkey": func() { os.Exit(cheap()) }})
}

func cheap() int {
	e := systemEnv(sandbox.Harden())
	e.kdf = func(pbkdf2 bool, salt []byte) keystore.Params {
		if pbkdf2 {
			return keystore.Params{Function: keystore.PBKDF2, C: 2, Salt: salt}
		}
		return keystore.Params{Function: keystore.Scrypt, N: 2, R: 8, P: 1, Salt: salt}
	}
	// A run that lasts no second would give its files the names of the last.
	if unix, err := strconv.ParseInt(os.Getenv("ETHKEY_TEST_UNIX"), 10, 64); err == nil {
		e.now = func() time.Time { return time.Unix(unix, 0) }
	}
	return run(e, os.Args[1:])
}

// ethkey returns a command that runs the program with args in dir, as an
// ordinary user and in a session of its own.
func ethkey(t testing.TB, dir string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := &exec.Cmd{Path: program(t), Args: append([]string{"ethkey"}, args...), Dir: dir, Env: os.Environ()}
	testkit.Unprivileged(t, cmd)
	return cmd
}

// program is a file named ethkey, for that name is how the test binary knows
// what it is to be.
func program(t testing.TB) string {
	t.Helper()
	if os.Getenv("ETHKEY_BIN") != "" {
		return testkit.Binary(t)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return testkit.Reachable(t, self, "ethkey")
}

// TestScripts runs whole commands: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			if err := quiet(env); err != nil {
				return err
			}
			if os.Getenv("ETHKEY_BIN") == "" {
				return nil
			}
			bin := testkit.Binary(t)
			env.Setenv("PATH", filepath.Dir(bin)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"files": files, "mode": mode, "exits": exits},
		// Only the test binary can be told the time.
		Condition: func(name string) (bool, error) {
			if name != "clock" {
				return false, fmt.Errorf("condition %q is not known", name)
			}
			return os.Getenv("ETHKEY_BIN") == "", nil
		},
	})
}

// quiet takes away what would slow every process down, or what the program
// refuses: testscript's GOTRACEBACK asks for every stack.
func quiet(env *testscript.Env) error {
	env.Setenv("GORACE", "atexit_sleep_ms=0")
	env.Setenv("GOTRACEBACK", "")
	return nil
}
