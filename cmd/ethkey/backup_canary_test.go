package main

import (
	"bytes"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/backup/seedqr"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// backupRun is a command on a backup, which succeeds. What leaves names may stay
// in its memory, as docs/assurance.md says.
type backupRun struct {
	name   string
	leaves []string
	args   []string
}

// backupRuns looks for secrets in the memory of such commands, in what they say
// and in what they leave.
type backupRuns struct {
	dir    string
	canary *testkit.Canary
	texts  []string // of the sheets that were printed last
}

// drawn is what go-qrcode keeps of a sheet whose code is made.
var drawn = []string{"share"}

const (
	givenText    = "the alarm's code is 4711"
	givenFile    = "a file that fits on no sheet, as long as it is"
	slipMaster   = "b43ceb7e57a0ea8766221624d01b0864"
	vaultShares  = "c98ffdf86df8352891bd8c097168107b17\n401823c3132927a1def62f1530bb680091" // of the phrase's entropy
	seedQRPhrase = "154116861309027601361156048509770399126909610208"
)

// Every command on a backup that touches a secret keeps it: while its sheets
// wait to be printed, while its report waits for a reader, and afterwards.
func TestBackupCommandsKeepTheirSecrets(t *testing.T) {
	b := &backupRuns{dir: withSecrets(t), canary: canary(t)}
	b.prepare(t)
	split := func(kind string, args ...string) []string {
		return append([]string{"split", "--kind", kind, "--sheets", "3", "--threshold", "2", "--folder", "sheets", "--records", "records",
			"--on-disk", "--format", "txt", "--no-check", "--yes"}, args...)
	}
	b.run(t, backupRun{"split", drawn, split("mnemonic", "--mnemonic-file", "phrase", "--chain", "hoodi")})
	writeFile(t, b.dir, "texts.given", strings.Join(b.texts, "\n"))
	writeFile(t, b.dir, "one.given", b.texts[0])
	record := theRecord(t, b.dir)
	read := func(args ...string) []string { return append(args, "--record", record, "--sheet-file", "texts.given") }
	imported := func(args ...string) []string { return append([]string{"import", "--yes"}, args...) }
	for _, r := range []backupRun{
		{"of a new phrase", drawn, split("mnemonic", "--new", "--chain", "rehearsal")},
		{"of a password", drawn, split("password", "--secret-file", "password")},
		{"of a text", drawn, split("text", "--secret-file", "text.given")},
		{"of an identity", append([]string{"identity"}, drawn...), split("age-identity", "--secret-file", "identity.given")},
		{"of a key", drawn, split("secret-key", "--keystore", "keystore", "--keystore-password-file", "password")},
		{"of a file", append([]string{"file"}, drawn...), split("file", "--file", "file.given")},
		{"reissue", drawn, read("reissue", "--sheet", "2", "--folder", "sheets", "--on-disk", "--format", "txt", "--no-check", "--yes")},
		{"check", nil, []string{"check", "--record", record, "--sheet-file", "one.given"}},
		{"drill", nil, read("drill", "--keystores", "keystore", "--keystore-password-file", "password")},
		{"restore", nil, read("restore", "--non_interactive")},
		{"restore to a file", nil, read("restore", "--to-file", "phrase.out", "--yes")},
		{"restore keystores", nil, read("restore", "keystores", "--chain", "hoodi", "--validator_start_index", "0", "--num_validators", "1",
			"--withdrawal_address", "", "--keystore-password-file", "password", "--pbkdf2", "--folder", "made", "--yes")},
		{"restore exit", nil, read("restore", "exit", "--chain", "hoodi", "--validator-indices", "7", "--yes")},
		{"restore credentials", nil, read("restore", "credentials", "--chain", "hoodi", "--validators", "list", "--withdrawal-address", address, "--yes")},
		{"seedqr", nil, []string{"seedqr", "--mnemonic-file", "phrase", "--to-file", "digits.out", "--yes"}},
		{"import of SeedQR", nil, imported("--from", "seedqr", "--share-file", "seedqr.given", "--to-file", "imported.out")},
		{"import of SLIP-39", nil, imported("--from", "slip39", "--as", "entropy", "--share-file", "slip39.given", "--slip39-password-file", "trezor.given")},
		{"import of Vault", nil, imported("--from", "vault", "--as", "entropy", "--share-file", "vault.given", "--public-keys", phraseKey)},
		{"import of keystores", nil, []string{"import", "keystores", "--from", "seedqr", "--share-file", "seedqr.given", "--chain", "hoodi",
			"--validator_start_index", "0", "--num_validators", "1", "--withdrawal_address", "", "--keystore-password-file", "password", "--pbkdf2",
			"--folder", "imported", "--yes"}},
	} {
		t.Run(r.name, func(t *testing.T) { b.run(t, r) })
	}
	found, err := b.canary.ScanTree(b.dir, func(path string) bool {
		return named(path) || slices.Contains([]string{".given", ".out"}, filepath.Ext(path))
	})
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// What the canary knows of the phrase is the phrase's, and not another's, of
// which nothing would be found anywhere.
func TestTheCanaryKnowsThePhrase(t *testing.T) {
	m, err := mnemonic.Parse([]byte(phrase), mnemonic.English)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for want, of := range map[string]func() (*secret.Buffer, error){
		entropyHex:                               m.Entropy,
		seedHex:                                  func() (*secret.Buffer, error) { return m.Seed(nil) },
		hex.EncodeToString([]byte(seedQRPhrase)): func() (*secret.Buffer, error) { return seedqr.Digits(m) },
	} {
		b, err := of()
		if err != nil || hex.EncodeToString(b.Bytes()) != want {
			t.Errorf("%s is not the phrase's: %v", want, err)
		}
		b.Close()
	}
}

// prepare puts what the commands read into the folder, and has the canary know
// it.
func (b *backupRuns) prepare(t *testing.T) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	master, err := hex.DecodeString(slipMaster)
	if err != nil {
		t.Fatal(err)
	}
	b.canary.Add("master secret", master)
	for name, text := range map[string]string{
		"text": givenText, "identity": identity.String(), "file": givenFile, "digits": seedQRPhrase,
	} {
		b.canary.Add(name, []byte(text))
	}
	for i, share := range append(strings.Split(vaultShares, "\n"), slipFirst, slipSecond) {
		b.canary.Add("share "+string(rune('1'+i)), []byte(share))
	}
	for name, text := range map[string]string{
		"text": givenText, "identity": identity.String(), "file": givenFile, "seedqr": seedQRPhrase, "slip39": slipFirst + "\n" + slipSecond,
		"trezor": "TREZOR", "vault": vaultShares,
	} {
		writeFile(t, b.dir, name+".given", text)
	}
	listFile(t, b.dir, "5 "+credentials0+"\n")
	if out, err := ethkey(t, b.dir, append(unattended, "--pbkdf2")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := os.Rename(keystores(b.dir)[0], filepath.Join(b.dir, "keystore")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sheets", "records", "made", "imported"} {
		if err := os.Mkdir(filepath.Join(b.dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(b.dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
}

// run runs a command. Of one that prints the memory is looked at twice.
func (b *backupRuns) run(t *testing.T, r backupRun) {
	t.Helper()
	report, stdout := fullPipeEnds(t)
	// Not the test binary, in which the phrase is a constant.
	cmd := &exec.Cmd{Path: testkit.Binary(t), Dir: b.dir, Env: os.Environ(), Stdout: stdout, Args: append([]string{"ethkey", "backup"}, r.args...)}
	testkit.Unprivileged(t, cmd)
	b.canary.Add("control", []byte(r.args[0]+"\x00"+r.args[1])) // which is no secret, and is there
	p := testkit.StartPTY(t, cmd)
	defer func() {
		if t.Failed() {
			t.Log(p.Screen().Main()) // a command that failed says why
		}
	}()
	if slices.Contains(r.args, "--no-check") {
		p.Expect("is every sheet printed?")
		b.texts = nil
		for _, text := range printed(t, b.dir) {
			b.texts = append(b.texts, "EK1"+text)
			b.canary.Add("share", []byte(text[12:len(text)-15]))
		}
		b.memory(t, p, r)
		p.SendLine("yes")
	}
	untilWriting(t, p.Pid())
	b.memory(t, p, r)
	_ = stdout.Close()
	text, err := io.ReadAll(report)
	p.ExpectExit(0)
	if text = bytes.TrimLeft(text, "\x00"); err != nil || len(text) == 0 {
		t.Errorf("no report: %v", err)
	}
	for _, f := range append(b.canary.Scan("the report", text), b.canary.Scan("the terminal", []byte(p.Transcript()))...) {
		t.Error(f)
	}
}

func (b *backupRuns) memory(t *testing.T, p *testkit.PTY, r backupRun) {
	t.Helper()
	if os.Getuid() != 0 {
		return // nobody but the process itself could look
	}
	found, err := b.canary.ScanProcess(p.Pid())
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	for _, f := range found {
		if f.Secret == "control" {
			seen = true
		} else if !slices.Contains(excepted, f.What()) && !slices.Contains(r.leaves, f.Secret) {
			t.Error(f)
		}
	}
	if !seen {
		t.Error("the scan does not find what is there")
	}
}
