package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// Published: SeedQR's test vector 1, whose bytes end with a line feed, and the
// shares of SLIP-39's vector 4.
const (
	seedQRDigits  = "011513251154012711900771041507421289190620080870026613431420201617920614089619290300152408010643"
	seedQRCompact = "0e74b64107f94cc0ccfae6a13dcbec3662154fec67e0e00999c07892597d190a"
	slipFirst     = "shadow pistol academic always adequate wildlife fancy gross oasis cylinder mustang wrist rescue view short owner flip making coding armed"
	slipSecond    = "shadow pistol academic acid actress prayer class unknown daughter sweater depict flip twice unkind craft early superior advocate guest smoking"
)

// Both forms of SeedQR are read from pictures of codes, also of raw bytes.
func TestImportSeedQRFromPictures(t *testing.T) {
	raw, err := hex.DecodeString(seedQRCompact)
	if err != nil {
		t.Fatal(err)
	}
	dir := testkit.TempDir(t)
	var keys []string
	for name, text := range map[string]string{"digits.png": seedQRDigits, "compact.png": string(raw)} {
		if err := qrcode.WriteFile(text, qrcode.Low, -8, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := ethkey(t, dir, "backup", "import", "--from", "seedqr", "--pictures", name, "--yes", "--non_interactive").CombinedOutput()
		if err != nil || !strings.Contains(string(out), "24 words, english") {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		keys = append(keys, publicKey.FindString(string(out)))
	}
	if keys[0] != keys[1] || keys[0] == "" {
		t.Errorf("keys %q", keys)
	}
}

// A person types a SeedQR, a digit of it wrongly, and does not know the keys
// that come out.
func TestImportSeedQRTyped(t *testing.T) {
	p, dir := person(t, "backup", "import", "--from", "seedqr", "--to-file", "out")
	onAlt(p, "0 digits")
	p.Send(seedQRDigits[:95] + "2\r")
	onAlt(p, "error: ")
	p.Send("\x7f3\r")
	p.Expect("are these the public keys that you expect?")
	p.SendLine("no")
	p.ExpectExit(int(fault.Refused))
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	clean(t, p, seedQRDigits[:8])
}

// A person types shares of SLIP-39 by the first four letters, with a wrong word
// and a passphrase; ctrl-c leaves nothing.
func TestImportSLIP39Typed(t *testing.T) {
	p, dir := person(t, "backup", "import", "--from", "slip39", "--as", "entropy", "--show")
	onAlt(p, "no share yet")
	p.Send("shad pistil ")
	onAlt(p, "pistol") // the nearest
	p.Send("\x7f\x7f\x7fol " + strings.TrimPrefix(slipFirst, "shadow pistol ") + " ")
	finish(p)
	onAlt(p, "1 more of group 1")
	p.Send(slipSecond + " ")
	finish(p)
	p.ExpectHidden("passphrase of the SLIP-39 set")
	p.SendLine("TREZOR")
	p.Expect("a wrong passphrase of SLIP-39")
	p.Expect("are these the public keys that you expect?")
	p.SendLine("yes")
	p.Expect("show the secret on a page that is wiped?")
	p.Interrupt()
	p.ExpectExit(int(fault.Interrupted))
	clean(t, p, "academic", "TREZOR", "cylinder")
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// Bare shares are typed unseen, and their result is called unverified.
func TestImportVaultTyped(t *testing.T) {
	p, _ := person(t, "backup", "import", "--from", "vault", "--as", "text")
	for i, digits := range []string{"724675d12bdbaa3b45bba26d5b700fd6c5", "f86f71931a52211db50494806ac923842f", "0367b356f746e9ad4d51b0e49ae3a65779"} {
		share, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		secretsOf(t).Add(fmt.Sprintf("share %d", i+1), share)
	}
	p.ExpectHidden("share 1")
	p.SendLine("724675d12bdbaa3b45bba26d5b700fd6c")
	p.Expect("a character of it is missing or too many")
	p.ExpectHidden("share 1")
	p.SendLine("724675d12bdbaa3b45bba26d5b700fd6c5")
	p.ExpectHidden("share 2")
	p.SendLine("724675d12bdbaa3b45bba26d5b700fd6c5")
	p.Expect("entered before")
	p.ExpectHidden("share 2")
	p.SendLine("f86f71931a52211db50494806ac923842f")
	p.ExpectHidden("share 3")
	p.SendLine("0367b356f746e9ad4d51b0e49ae3a65779")
	p.ExpectHidden("share 4")
	p.SendLine("")
	p.Expect("UNVERIFIED: bare shares have no checksum")
	p.Expect("go on, although nothing tells whether this is the right secret?")
	p.SendLine("yes")
	p.Expect("show the secret on a page that is wiped?") // shares are not typed again for the sake of a flag
	p.SendLine("no")
	p.Expect("neither shown nor written")
	p.ExpectExit(0)
	clean(t, p, "724675", "0123456789abcdef")
}

// The keys are shown to be compared, and not once more behind.
func TestImportShowsItsKeysOnce(t *testing.T) {
	dir := withSecrets(t)
	writeFile(t, dir, "code", seedQRDigits)
	p := atTerminal(t, ethkey(t, dir, "backup", "import", "--from", "seedqr", "--share-file", "code"))
	p.Expect("are these the public keys that you expect?")
	p.SendLine("yes")
	p.Expect("show the secret on a page that is wiped?")
	p.SendLine("no")
	p.Expect("imported from seedqr: 24 words, english")
	p.ExpectExit(0)
	if n := strings.Count(p.Transcript(), "m/12381/3600/0/0/0"); n != 1 {
		t.Errorf("the key is shown %d times: %q", n, p.Transcript())
	}
}

// A phrase is given as a code and its digits on a page that is wiped.
func TestSeedQRShown(t *testing.T) {
	dir := withSecrets(t)
	p := atTerminal(t, ethkey(t, dir, "backup", "seedqr", "--mnemonic-file", "phrase"))
	onAlt(p, "SeedQR, 12 words, english")
	p.Expect("\x1b[38;5;16;48;5;231m    █▀▀▀▀▀█")
	p.Expect("  1. ")
	p.Send(" ")
	p.ExpectExit(0)
	clean(t, p, "  1. ")
}
