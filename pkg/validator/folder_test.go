package validator_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

const newPassword = "another password"

// inMemory is t.TempDir in memory, where there is such a place: tens of
// thousands of files would otherwise wait for a disk.
func inMemory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "ethkey-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// keysFolder makes a folder of n keystores with their deposit data.
func keysFolder(t testing.TB, n uint64, edit func(*validator.CreateRequest)) string {
	t.Helper()
	dir := inMemory(t)
	r := request(t, dir)
	r.Count = n
	if edit != nil {
		edit(&r)
	}
	if _, _, err := create(machine(), r); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, validator.KeysFolder)
}

func readFolder(t testing.TB, dir string, layout keyfolder.Layout) *keyfolder.Folder {
	t.Helper()
	f, err := validator.ReadKeyFolder(machine(), dir, layout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// from is a source with one password for all; an empty one takes those in the
// folder.
func from(t testing.TB, dir, password string) validator.KeystoreSource {
	t.Helper()
	s := validator.KeystoreSource{Folder: readFolder(t, dir, "")}
	if password != "" {
		s.Password = hidden(t, password)
	}
	return s
}

func rewriteKeys(m validator.Machine, req validator.RewriteRequest) (*validator.RewriteResult, []validator.Warning, error) {
	plan, warnings, err := validator.PlanRewrite(context.Background(), m, req, nil)
	if err != nil {
		return nil, warnings, err
	}
	defer plan.Close()
	result, err := plan.Run(context.Background(), nil)
	return result, warnings, err
}

// proven verifies a folder and returns its public keys.
func proven(t *testing.T, s validator.KeystoreSource) []string {
	t.Helper()
	report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: s}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK {
		t.Fatalf("%s: %+v", report.Folder, report.Problems)
	}
	keys := map[string]bool{}
	for _, k := range report.Keystores {
		keys[k.PublicKey] = true
	}
	return slices.Sorted(maps.Keys(keys))
}

// A folder of 1,000 keys goes through a new password, then into the layout of
// every client, and from each back to a plain folder: with the same keys, and
// with one derivation for all that shares a salt.
func TestThousandKeysGoRoundTheClients(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 64 // the race detector sees no more in all of them
	}
	source := keysFolder(t, uint64(n), nil)
	dir := inMemory(t)
	want := proven(t, from(t, source, password))
	if len(want) != n {
		t.Fatalf("%d keys", len(want))
	}
	plain := filepath.Join(dir, "plain")
	_, _, err := rewriteKeys(machine(), validator.RewriteRequest{Source: from(t, source, password), Folder: plain, NewPassword: hidden(t, newPassword)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, plain, newPassword)}, nil)
	if err != nil || !report.OK || report.Derivations != 1 || report.Deposits != n {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, layout := range keyfolder.Layouts() {
		t.Run(string(layout), func(t *testing.T) {
			there := filepath.Join(dir, string(layout))
			files := layout.Passwords() != keyfolder.NoPasswords
			_, _, err := rewriteKeys(machine(), validator.RewriteRequest{
				Source: from(t, plain, newPassword), Layout: layout, Folder: there, PasswordFiles: files,
			})
			if err != nil {
				t.Fatal(err)
			}
			typed := newPassword
			if files {
				typed = "" // the folder holds it
			}
			back := filepath.Join(dir, string(layout)+"-back")
			if _, _, err := rewriteKeys(machine(), validator.RewriteRequest{Source: from(t, there, typed), Layout: keyfolder.DepositCLI, Folder: back}); err != nil {
				t.Fatal(err)
			}
			if got := proven(t, from(t, back, newPassword)); !slices.Equal(got, want) {
				t.Fatalf("%d keys came back, or other ones", len(got))
			}
		})
	}
}

// The old password opens nothing in the new folder; the old folder is as it
// was.
func TestPasswd(t *testing.T) {
	for name, edit := range map[string]func(*validator.RewriteRequest){
		"one salt":     func(*validator.RewriteRequest) {},
		"unique salts": func(r *validator.RewriteRequest) { r.UniqueSalts = true },
		"pbkdf2":       func(r *validator.RewriteRequest) { r.PBKDF2 = true },
	} {
		t.Run(name, func(t *testing.T) {
			source := keysFolder(t, 3, nil)
			before := tree(t, source)
			req := validator.RewriteRequest{Source: from(t, source, password), Folder: filepath.Join(t.TempDir(), "new"), NewPassword: hidden(t, newPassword)}
			edit(&req)
			result, warnings, err := rewriteKeys(machine(), req)
			if err != nil {
				t.Fatal(err)
			}
			if len(warnings) == 0 || !strings.Contains(warnings[len(warnings)-1].What, "stays as it is") {
				t.Errorf("warnings: %+v", warnings)
			}
			if after := tree(t, source); !maps.Equal(before, after) {
				t.Error("the old folder was changed")
			}
			if got, want := proven(t, from(t, req.Folder, newPassword)), proven(t, from(t, source, password)); !slices.Equal(got, want) {
				t.Error("other keys")
			}
			report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, req.Folder, password)}, nil)
			if err != nil || report.OK || !report.WrongPassword() || report.Failed() != 3 {
				t.Errorf("the old password: %+v, %v", report, err)
			}
			if len(result.Deposits) != 1 || len(result.Keystores) != 3 {
				t.Errorf("%+v", result)
			}
			wantSalts := 1
			if req.UniqueSalts || req.PBKDF2 {
				wantSalts = 3
			}
			if again, _ := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, req.Folder, newPassword)}, nil); again.Derivations != wantSalts {
				t.Errorf("%d derivations, want %d", again.Derivations, wantSalts)
			}
		})
	}
}

// names lists a folder, hidden files too.
func names(t testing.TB, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// tree returns the files below a folder, with their modes and bytes.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		files[filepath.ToSlash(rel)] = fmt.Sprintf("%o\n%s", info.Mode().Perm(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What would lose a key, write a secret unasked, or ignore an option, is
// refused, and leaves nothing.
func TestRewriteRefuses(t *testing.T) {
	source := keysFolder(t, 2, nil)
	for name, c := range map[string]struct {
		edit func(*validator.RewriteRequest)
		kind fault.Kind
		text string
	}{
		"passwords unasked":   {func(r *validator.RewriteRequest) { r.Layout = keyfolder.Teku }, fault.Refused, "unless you say so"},
		"passwords for plain": {func(r *validator.RewriteRequest) { r.PasswordFiles = true }, fault.Usage, "keeps no passwords"},
		"at for plain":        {func(r *validator.RewriteRequest) { r.At = "/x" }, fault.Usage, "--at"},
		"relative at": {func(r *validator.RewriteRequest) {
			r.Layout, r.PasswordFiles, r.At = keyfolder.Lighthouse, true, "x"
		}, fault.Usage, "absolute"},
		"costs of a copy": {func(r *validator.RewriteRequest) { r.PBKDF2 = true }, fault.Usage, "nothing is encrypted anew"},
		"costs of a wallet": {func(r *validator.RewriteRequest) {
			r.Layout, r.UniqueSalts = keyfolder.Prysm, true
		}, fault.Usage, "always under PBKDF2"},
		"short password":   {func(r *validator.RewriteRequest) { r.NewPassword = hidden(t, "short") }, fault.Refused, "too short"},
		"wrong password":   {func(r *validator.RewriteRequest) { r.Source.Password = hidden(t, "not the password") }, fault.Refused, "does not open"},
		"no password":      {func(r *validator.RewriteRequest) { r.Source.Password = nil }, fault.Refused, "no password"},
		"existing folder":  {func(r *validator.RewriteRequest) { r.Folder = source }, fault.Refused, "exists already"},
		"folder of nobody": {func(r *validator.RewriteRequest) { r.Folder = filepath.Join(source, "no", "where") }, fault.Environment, "does not exist"},
		"accents for Prysm": {func(r *validator.RewriteRequest) {
			r.Layout, r.NewPassword = keyfolder.Prysm, hidden(t, "un mot de passe \u00e9l\u00e9gant")
		}, fault.Refused, "Prysm drops accents"},
		"control characters in a file": {func(r *validator.RewriteRequest) {
			r.Layout, r.PasswordFiles, r.NewPassword = keyfolder.Teku, true, hidden(t, "a password\twith a tab")
		}, fault.Refused, "control characters"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			req := validator.RewriteRequest{Source: from(t, source, password), Folder: filepath.Join(dir, "new")}
			c.edit(&req)
			_, _, err := rewriteKeys(machine(), req)
			if fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v", err)
			}
			if left := names(t, dir); len(left) != 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// One keystore that is damaged, or that another password opens, stops a
// rewrite, and is one row of a verification.
func TestOneBadKeystore(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(data string) string
		text  string
	}{
		"not JSON":         {func(string) string { return "{" }, "not JSON"},
		"checksum":         {func(s string) string { return flipHex(s, `"checksum"`) }, "does not open"},
		"other public key": {func(s string) string { return flipHex(s, `"pubkey"`) }, "another public key"},
	} {
		t.Run(name, func(t *testing.T) {
			source := keysFolder(t, 3, nil)
			bad := filepath.Join(source, validator.KeystoreName(derive.SigningPath(1), unix))
			data, err := os.ReadFile(bad)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(os.Remove(bad), os.WriteFile(bad, []byte(c.spoil(string(data))), 0o400)); err != nil {
				t.Fatal(err)
			}
			_, _, err = rewriteKeys(machine(), validator.RewriteRequest{
				Source: from(t, source, password), Folder: filepath.Join(t.TempDir(), "new"), NewPassword: hidden(t, newPassword),
			})
			if err == nil || !strings.Contains(err.Error(), c.text) || !strings.Contains(err.Error(), filepath.Base(bad)) {
				t.Errorf("rewrite: %v", err)
			}
			report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, source, password)}, nil)
			if err != nil || report.OK || report.Failed() != 1 || report.WrongPassword() {
				t.Fatalf("verify: %+v, %v", report, err)
			}
			for _, k := range report.Keystores {
				if k.OK == (k.File == filepath.Base(bad)) || !k.OK && !strings.Contains(k.Problem, c.text) {
					t.Errorf("verify: %+v", k)
				}
			}
			if list := validator.ListKeystores(readFolder(t, source, "")); len(list.Keystores) != 3 {
				t.Errorf("list: %+v", list)
			}
		})
	}
}

// flipHex changes one of the first hexadecimal digits after a member's name.
func flipHex(text, member string) string {
	at := strings.Index(text, member) + len(member)
	if member == `"checksum"` {
		at = strings.Index(text[at:], `"message": "`) + at + len(`"message": "`)
	} else {
		at += len(`: "`)
	}
	digit := byte('0')
	if text[at+1] == digit {
		digit = '1'
	}
	return text[:at+1] + string(digit) + text[at+2:]
}

// A folder is proven against a phrase and deposit data: a key of another
// phrase, a keystore that lacks its deposit, and a deposit that lacks its
// keystore are found.
func TestVerifyAgainstPhraseAndDeposits(t *testing.T) {
	source := keysFolder(t, 3, nil)
	phrase := func(text string) *mnemonic.Mnemonic {
		m, err := mnemonic.Parse([]byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(m.Close)
		return m
	}
	verify := func(dir string, edit func(*validator.KeystoreVerifyRequest)) *validator.KeystoreReport {
		t.Helper()
		req := validator.KeystoreVerifyRequest{Source: from(t, dir, password), Mnemonic: phrase(abandon)}
		if edit != nil {
			edit(&req)
		}
		report, err := validator.VerifyKeystores(t.Context(), machine(), req, nil)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	if r := verify(source, nil); !r.OK || len(r.Verified) != 3 || r.Deposits != 3 || !strings.Contains(r.Verified[1], "3 deposits for mainnet:") {
		t.Errorf("%+v", r)
	}
	other := "legal winner thank year wave sausage worth useful legal winner thank yellow"
	if r := verify(source, func(q *validator.KeystoreVerifyRequest) { q.Mnemonic = phrase(other) }); r.OK || r.Failed() != 3 {
		t.Errorf("another phrase: %+v", r)
	}
	if r := verify(source, func(q *validator.KeystoreVerifyRequest) { q.Passphrase = hidden(t, "TREZOR") }); r.OK || r.Failed() != 3 {
		t.Errorf("another passphrase: %+v", r)
	}
	if err := os.Remove(filepath.Join(source, validator.KeystoreName(derive.SigningPath(1), unix))); err != nil {
		t.Fatal(err)
	}
	if r := verify(source, nil); r.OK || r.Failed() != 0 || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "no keystore here") {
		t.Errorf("a deposit without its keystore: %+v", r)
	}
	deposits := filepath.Join(source, validator.DepositDataName(unix))
	data, err := os.ReadFile(deposits)
	if err != nil {
		t.Fatal(err)
	}
	wrong := flipHex(string(data), `"signature"`)
	r := verify(source, func(q *validator.KeystoreVerifyRequest) {
		q.Deposits = []validator.File{{Name: "d.json", Data: []byte(wrong)}}
	})
	if r.OK || !strings.Contains(strings.Join(r.Problems, "\n"), "d.json: ") {
		t.Errorf("a wrong signature: %+v", r.Problems)
	}
}

// A keystore without a path is found in the phrase all the same; one whose
// path is not its place is named.
func TestVerifyPaths(t *testing.T) {
	source := keysFolder(t, 2, func(r *validator.CreateRequest) { r.StartIndex = 7 })
	for n, path := range []string{"", "m/12381/3600/9/0/0"} {
		name := filepath.Join(source, validator.KeystoreName(derive.SigningPath(7+uint32(n)), unix))
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Replace(string(data), fmt.Sprintf("m/12381/3600/%d/0/0", 7+n), path, 1)
		if err := errors.Join(os.Remove(name), os.WriteFile(name, []byte(text), 0o400)); err != nil {
			t.Fatal(err)
		}
	}
	m, err := mnemonic.Parse([]byte(abandon), "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	report, err := validator.VerifyKeystores(t.Context(), machine(), validator.KeystoreVerifyRequest{Source: from(t, source, password), Mnemonic: m}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if k := report.Keystores[0]; !k.OK || k.Index == nil || *k.Index != 7 {
		t.Errorf("%+v", k)
	}
	if k := report.Keystores[1]; k.OK || !strings.Contains(k.Problem, "index 9") || !strings.Contains(k.Problem, "index 8") {
		t.Errorf("%+v", k)
	}
}

// A keystore that another program encrypted under another form of the
// password is opened by the search for forms, and rewritten to the standard's.
func TestFormsOfAPassword(t *testing.T) {
	typed := "mot de passe e\u0301\uff21"
	for _, form := range keystore.Forms() {
		t.Run(string(form), func(t *testing.T) {
			dir := t.TempDir()
			writeForm(t, dir, form, typed)
			s := from(t, dir, typed)
			forms, err := validator.OtherForms(s.Password)
			if err != nil || len(forms) != len(keystore.Forms())-1 {
				t.Fatalf("%q, %v", forms, err)
			}
			found, err := s.FindForm(t.Context(), append(forms, keystore.FormStandard), nil)
			if err != nil || found != form {
				t.Fatalf("found %q, %v", found, err)
			}
			s.Form = found
			fresh := filepath.Join(t.TempDir(), "new")
			if _, _, err := rewriteKeys(machine(), validator.RewriteRequest{Source: s, Folder: fresh, NewPassword: hidden(t, typed)}); err != nil {
				t.Fatal(err)
			}
			proven(t, from(t, fresh, typed))
		})
	}
	s := from(t, keysFolder(t, 1, nil), "not the password")
	if _, err := s.FindForm(t.Context(), keystore.Forms(), nil); !errors.Is(err, keystore.ErrWrongPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	if forms, err := validator.OtherForms(hidden(t, "plain ascii")); err != nil || len(forms) != 2 {
		t.Errorf("forms of plain text: %q, %v", forms, err)
	}
}

// writeForm writes a keystore under a form of the password.
func writeForm(t *testing.T, dir string, form keystore.Form, typed string) {
	t.Helper()
	processed, err := keystore.ProcessAs(form, []byte(typed))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	m := machine()
	key, err := keystore.Derive(processed, m.KDF(false, []byte("salt of thirty-two bytes, really")))
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	sk, pubkey := aKey(t)
	defer sk.Close()
	ks, err := keystore.Encrypt(key, sk.Bytes(), [16]byte{1}, pubkey, "", "", [16]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keystore-1.json"), ks.Marshal(), 0o400); err != nil {
		t.Fatal(err)
	}
}

// aKey opens a keystore and returns what is inside.
func aKey(t *testing.T) (*secret.Buffer, []byte) {
	t.Helper()
	f := readFolder(t, keysFolder(t, 1, nil), "")
	processed, err := keystore.ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	sk, err := f.Items[0].Keystore.Decrypt(processed)
	if err != nil {
		t.Fatal(err)
	}
	return sk, f.Items[0].Keystore.PublicKey
}

// Whatever operation of the file system fails, and however, the new folder is
// there whole or not at all, and a kill leaves nothing that is visible.
func TestRewriteSweep(t *testing.T) {
	source := keysFolder(t, 2, nil)
	for _, layout := range []keyfolder.Layout{keyfolder.DepositCLI, keyfolder.Lighthouse, keyfolder.Prysm} {
		for _, failure := range testkit.Failures() {
			t.Run(string(layout)+"/"+failure.Name, func(t *testing.T) {
				points := testkit.Sweep{
					Failure: failure,
					Run:     func(fsys atomicfile.FS) error { return sweptRewrite(t, source, layout, fsys) },
					Referee: func(dir string, o testkit.Outcome) error { return judgeRewrite(t, layout, dir, o) },
				}.Test(t)
				if points == 0 {
					t.Error("nothing ever failed")
				}
			})
		}
	}
}

func sweptRewrite(t *testing.T, source string, layout keyfolder.Layout, fsys atomicfile.FS) error {
	m := machine()
	m.Open = func(string) (atomicfile.FS, error) { return fsys, nil }
	_, _, err := rewriteKeys(m, validator.RewriteRequest{
		Source: from(t, source, password), Layout: layout, Folder: filepath.Join(fsys.Name(), "new"), NewPassword: hidden(t, newPassword),
		PasswordFiles: layout == keyfolder.Lighthouse,
	})
	return err
}

// judgeRewrite knows what a whole folder of two keys is.
func judgeRewrite(t *testing.T, layout keyfolder.Layout, dir string, o testkit.Outcome) error {
	visible := 0
	for _, name := range names(t, dir) {
		switch {
		case name == "new":
			visible++
		case !strings.HasPrefix(name, "."):
			return fmt.Errorf("%s is visible", name)
		case o.Err == nil:
			return fmt.Errorf("reported success and left %s", name)
		case !o.Killed && !strings.Contains(o.Err.Error()+fault.HintOf(o.Err), name):
			return fmt.Errorf("left %s unnamed", name)
		}
	}
	if visible == 0 {
		if o.Err == nil {
			return errors.New("reported success without a folder")
		}
		return nil
	}
	want := map[keyfolder.Layout]int{keyfolder.DepositCLI: 3, keyfolder.Lighthouse: 5, keyfolder.Prysm: 2}[layout]
	if files := tree(t, filepath.Join(dir, "new")); len(files) != want && o.Err == nil {
		return fmt.Errorf("%d files, want %d", len(files), want)
	} else if len(files) != want && !strings.Contains(o.Err.Error(), "new") {
		return fmt.Errorf("%d files and an error that does not say so: %w", len(files), o.Err)
	}
	return nil
}
