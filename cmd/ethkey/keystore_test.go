package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/keystore"
)

const otherPassword = "battery staple horse"

// A person gives a folder of keystores a new password, with a slip at most
// questions.
func TestKeystorePasswdAsked(t *testing.T) {
	dir, _ := aKeystore(t)
	p := atTerminal(t, ethkey(t, dir, "keystore", "passwd", "--folder", "fresh"))
	p.Expect("folder of keystores")
	p.SendLine("validator_keys")
	p.ExpectHidden("password of the keystores")
	p.SendLine(password)
	p.ExpectHidden("new password")
	p.SendLine("short")
	p.Expect("12 characters")
	p.ExpectHidden("new password")
	p.SendLine(otherPassword)
	p.ExpectHidden("repeat the new password")
	p.SendLine(otherPassword + "x")
	p.Expect("differ")
	p.ExpectHidden("new password")
	p.SendLine(otherPassword)
	p.ExpectHidden("repeat the new password")
	p.SendLine(otherPassword)
	p.Expect("stays as it is")
	p.Expect("write these files? [y/N]")
	p.SendLine("y")
	p.Expect("verified by reading it back")
	p.ExpectExit(0)
	clean(t, p, otherPassword)
	if strings.Contains(p.Transcript(), otherPassword) {
		t.Error("the new password was shown")
	}
	p = atTerminal(t, ethkey(t, dir, "keystore", "verify", "--keystores", "fresh", "--with-mnemonic"))
	p.ExpectHidden("password of the keystores")
	p.SendLine(otherPassword)
	typePhrase(p)
	p.Expect("2 of 2 keystores open")
	p.Expect("2 keys are the mnemonic's")
	p.ExpectExit(0)
}

// A person who does not agree leaves nothing; neither does Ctrl-C.
func TestKeystoreExportStopped(t *testing.T) {
	dir, _ := aKeystore(t)
	for _, stop := range []func(*testkit.PTY){
		func(p *testkit.PTY) { p.SendLine("n"); p.ExpectExit(1) },
		func(p *testkit.PTY) { p.Interrupt(); p.ExpectExit(130) },
	} {
		p := atTerminal(t, ethkey(t, dir, "keystore", "export", "--for", "teku", "--with-passwords", "--keystores", "validator_keys", "--folder", "teku"))
		p.ExpectHidden("password of the keystores")
		p.SendLine(password)
		p.Expect("PASSWORDS")
		p.Expect("write these files?")
		stop(p)
		if _, err := os.Lstat(filepath.Join(dir, "teku")); !os.IsNotExist(err) {
			t.Errorf("teku: %v", err)
		}
	}
}

// A keystore that another program encrypted under the password as typed does
// not open; the person is asked, and then the other forms are tried.
func TestOtherFormIsAskedFor(t *testing.T) {
	const typed = "mot de passe \u00e9\u00e9"
	dir, name := aKeystore(t)
	sk, ks := openedAt(t, name)
	key := formKey(t, keystore.FormAsTyped, typed)
	other, err := keystore.Encrypt(key, sk, [16]byte{1}, ks.PublicKey, ks.Path, "", [16]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "odd")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	testkit.ChownLike(t, folder, info)
	writeFile(t, folder, "keystore-1.json", string(other.Marshal()))

	p := atTerminal(t, ethkey(t, dir, "keystore", "verify", "--keystores", "odd"))
	p.ExpectHidden("password of the keystores")
	p.SendLine(typed)
	p.Expect("other forms")
	p.SendLine("no")
	p.Expect("FAILED")
	p.ExpectExit(1)

	p = atTerminal(t, ethkey(t, dir, "keystore", "verify", "--keystores", "odd"))
	p.ExpectHidden("password of the keystores")
	p.SendLine(typed)
	p.Expect("other forms")
	p.SendLine("yes")
	p.Expect("this form of the password opens it: as typed")
	p.Expect("1 of 1 keystores open")
	p.ExpectExit(0)
}

// openedAt returns what a keystore of this program holds.
func openedAt(t *testing.T, name string) ([]byte, *keystore.Keystore) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ks, _, err := keystore.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	processed, err := keystore.ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	plain, err := ks.Decrypt(processed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plain.Close)
	return plain.Bytes(), ks
}

func formKey(t *testing.T, form keystore.Form, typed string) *keystore.Key {
	t.Helper()
	processed, err := keystore.ProcessAs(form, []byte(typed))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	key, err := keystore.Derive(processed, keystore.Params{Function: keystore.Scrypt, N: 2, R: 8, P: 1, Salt: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(key.Close)
	return key
}

// A rewrite that is killed at any moment leaves nothing or everything, and
// what is read stays as it was; the run after it clears up.
func TestKilledRewrites(t *testing.T) {
	source, _ := aKeystore(t)
	before := contents(t, filepath.Join(source, "validator_keys"))
	for _, c := range []struct {
		name  string
		files int
		args  []string
	}{
		{"passwd", 3, []string{"keystore", "passwd", "--new-password-file", "other"}},
		{"lighthouse", 5, []string{"keystore", "export", "--for", "lighthouse", "--with-passwords"}},
		{"prysm", 2, []string{"keystore", "export", "--for", "prysm"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			testkit.KillLoop{
				Command: func(dir string) *exec.Cmd { return rewriting(t, source, dir, c.args) },
				Referee: func(dir string, _ []byte, finished bool) error {
					return judgeKilled(t, source, dir, c.args, c.files, finished)
				},
			}.Run(t)
		})
	}
	if after := contents(t, filepath.Join(source, "validator_keys")); !slices.Equal(before, after) {
		t.Error("what was read has changed")
	}
}

// rewriting is a run that reads below source and writes to dir.
func rewriting(t *testing.T, source, dir string, args []string) *exec.Cmd {
	if _, err := os.Stat(filepath.Join(dir, "password")); err != nil {
		writeFile(t, dir, "password", password)
		writeFile(t, dir, "other", otherPassword)
	}
	return ethkey(t, dir, append(slices.Clone(args), "--keystores", filepath.Join(source, "validator_keys"),
		"--keystore-password-file", "password", "--folder", "fresh", "--yes")...)
}

func judgeKilled(t *testing.T, source, dir string, args []string, files int, finished bool) error {
	have := contents(t, filepath.Join(dir, "fresh"))
	if len(have) != 0 && len(have) != files || finished && len(have) == 0 {
		return fmt.Errorf("%d files are visible: %v", len(have), have)
	}
	if len(have) == 0 {
		if out, err := rewriting(t, source, dir, args).CombinedOutput(); err != nil {
			return fmt.Errorf("the next run: %w\n%s", err, out)
		}
		have = contents(t, filepath.Join(dir, "fresh"))
	}
	hidden, err := filepath.Glob(filepath.Join(dir, ".ethkey-*"))
	if err != nil || len(hidden) > 0 || len(have) != files {
		return fmt.Errorf("in the end: %v, %v, %v", have, hidden, err)
	}
	return nil
}

// contents lists the files below a folder, with their sizes; none where it is
// missing.
func contents(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			all = append(all, fmt.Sprintf("%s %d", e.Name(), info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Passwords are in clear text in the files that the export is asked for, and
// nowhere else; secret keys are nowhere.
func TestNoSecretOfARewriteIsWritten(t *testing.T) {
	source, _ := aKeystore(t)
	for name, args := range map[string][]string{
		"passwd": {"keystore", "passwd", "--new-password-file", "other"},
		"prysm":  {"keystore", "export", "--for", "prysm"},
		"teku":   {"keystore", "export", "--for", "teku", "--with-passwords"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := testkit.TempDir(t)
			out, err := rewriting(t, source, dir, args).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			c := canary(t)
			c.Add("new password", []byte(otherPassword))
			found := c.Scan("output", out)
			inFiles, err := c.ScanTree(dir, func(path string) bool {
				return slices.Contains([]string{"password", "other"}, filepath.Base(path)) || strings.Contains(path, "passwords")
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range append(found, inFiles...) {
				t.Error(f)
			}
		})
	}
}
