package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// firstKey is the public key of index 0 of the phrase of these tests.
const firstKey = "0x847930d3b34da7f075da47129eaaddba3c043d4f89544ece128cae86568fb0780cb02c1df6328a6ab1b4cfb50baed701"

// sheetsOf splits the phrase of these tests and gives the texts of the sheets.
func sheetsOf(t *testing.T, sc shamir.Scheme, marks shamir.Flags) (texts []string) {
	t.Helper()
	m, err := mnemonic.Parse([]byte(phrase), mnemonic.English)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	entropy, err := m.Entropy()
	if err != nil {
		t.Fatal(err)
	}
	s := shamir.Secret{Kind: shamir.KindEntropy, Language: mnemonic.English, Data: entropy}
	defer s.Close()
	sheets, err := shamir.Split(rand.Reader, s, sc, marks)
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		text, err := sheet.Text()
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text.Bytes()))
		knowSheet(t, sheet.Name(), string(text.Bytes()))
		text.Close()
		sheet.Close()
	}
	return texts
}

// changed returns a sheet with the characters at these places, from the prefix
// on, exchanged for their neighbours in the alphabet.
func changed(text string, places ...int) string {
	const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
	b := []byte(text)
	for _, at := range places {
		at += len(shamir.Prefix)
		b[at] = alphabet[(strings.IndexByte(alphabet, b[at])+1)%32]
	}
	return string(b)
}

// picture writes the code of a sheet as a PNG.
func picture(t *testing.T, folder, name, text string) {
	t.Helper()
	code, err := paper.NewFixedCode(text)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, code.Bitmap(6)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// typeSheet types a sheet where it is asked for.
func typeSheet(p *testkit.PTY, text string) {
	onAlt(p, "0 characters")
	p.Send(text)
	p.Send("\r")
}

// neverShown looks for parts of sheets on the normal screen.
func neverShown(t *testing.T, p *testkit.PTY, texts []string) {
	t.Helper()
	for _, text := range texts {
		for i := 24; i+8 <= len(text)-15; i += 8 {
			part := text[i : i+8]
			if strings.Contains(p.Screen().Main(), part) || strings.Contains(p.Screen().Main(), part[:4]+" "+part[4:]) {
				t.Errorf("the normal screen holds %q of a sheet", part)
			}
		}
	}
}

// A person types sheets, with mistakes of every kind; each is named, nothing
// that was right is lost, and the secret is not shown.
func TestRestoreTyped(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(3, 5), 0)
	other := sheetsOf(t, shamir.Single(2, 3), 0)
	rehearsal := sheetsOf(t, shamir.Single(3, 5), shamir.Rehearsal)
	p, _ := person(t, "backup", "restore")
	onAlt(p, "the first sheet")
	p.Send("abandon\r") // "b" and "o" are on no sheet
	onAlt(p, "error: ")
	p.Send("\x15")
	typeSheet(p, changed(sheets[0], 20, 40, 60, 80)) // four wrong characters are found
	onAlt(p, "press y")
	p.Send("n")
	onAlt(p, "nothing was changed")
	p.Send("\r")
	onAlt(p, "press y")
	p.Send("y")
	p.Expect("1 of 3 sheets")
	typeSheet(p, changed(sheets[1], 13, 22, 34, 41, 57, 66, 72)) // seven are not
	onAlt(p, "more is wrong than can be found")
	for range 6 {
		p.Send("\t") // through all lines
	}
	p.Send("\x15\t\x15\t\x15\t\x15\t\x15\t\x15")
	typeSheet(p, sheets[0]) // once more
	p.Expect("it is here already")
	typeSheet(p, other[0])
	p.Expect("the others are of")
	typeSheet(p, rehearsal[1])
	p.Expect("rehearsal sheet")
	typeSheet(p, strings.ToLower(sheets[1]))
	p.Expect("2 of 3 sheets")
	typeSheet(p, sheets[4][len(shamir.Prefix):])
	p.Expect("show the secret on a page that is wiped?") // sheets are not typed again for the sake of a flag
	p.SendLine("no")
	p.ExpectExit(0)
	if !strings.Contains(p.Screen().Main(), firstKey[:50]) {
		t.Errorf("the key is not shown:\n%s", p.Screen().Main())
	}
	clean(t, p)
	notShown(t, p, strings.Fields(phrase))
	neverShown(t, p, append(sheets, other...))
}

// Ctrl-C in the middle of a sheet ends with 130 and leaves nothing.
func TestRestoreInterrupted(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(2, 3), 0)
	p, dir := person(t, "backup", "restore", "--to-file", "out", "--yes")
	typeSheet(p, sheets[0])
	p.Expect("1 of 2 sheets")
	onAlt(p, "0 characters")
	p.Send(sheets[1][:50])
	p.Interrupt()
	p.ExpectExit(int(fault.Interrupted))
	if got, _ := os.ReadDir(dir); len(got) != 0 {
		t.Errorf("left %v", got)
	}
	clean(t, p)
	neverShown(t, p, sheets)
}

// Too few sheets, and the person has no more.
func TestRestoreTooFew(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(3, 5), 0)
	p, _ := person(t, "backup", "restore")
	typeSheet(p, sheets[0])
	p.Expect("1 of 3 sheets")
	typeSheet(p, sheets[3])
	p.Expect("2 of 3 sheets")
	onAlt(p, "0 characters")
	p.Send("\x04") // a slip of the finger costs nothing
	p.Expect("give up?")
	p.SendLine("")
	onAlt(p, "0 characters")
	p.Send("\x04")
	p.Expect("give up?")
	p.SendLine("yes")
	p.ExpectExit(int(fault.Refused))
	p.Expect("2 of 3 sheets")
	neverShown(t, p, sheets)
}

// What is restored is shown only when that was asked for and is agreed to, on a
// page that is wiped.
func TestRestoreShows(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(2, 3), 0)
	p, _ := person(t, "backup", "restore", "--show")
	typeSheet(p, sheets[0])
	p.Expect("1 of 2 sheets")
	typeSheet(p, sheets[2])
	p.Expect("show the secret on a page that is wiped?")
	p.SendLine("maybe")
	p.Expect("expected yes or no")
	p.SendLine("yes")
	for i, word := range strings.Fields(phrase) {
		onAlt(p, fmt.Sprintf("%d. %s", i+1, word)) // as they are copied
	}
	p.Send(" ")
	p.ExpectExit(0)
	clean(t, p)
	notShown(t, p, strings.Fields(phrase))
}

// Pictures are read from a folder, one that cannot be read costs nothing, and a
// picture that comes later is found on demand; the rest may be typed.
func TestRestoreFromPictures(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(3, 5), 0)
	dir := testkit.TempDir(t)
	scans := filepath.Join(dir, "scans")
	if err := os.Mkdir(scans, 0o755); err != nil {
		t.Fatal(err)
	}
	picture(t, scans, "1.png", sheets[0])
	writeFile(t, scans, "2.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	picture(t, scans, "3.png", "HTTPS://EXAMPLE.ORG")
	p := atTerminal(t, ethkey(t, dir, "backup", "restore", "--pictures", "scans"), "sheet 1 (raw)", "sheet 4 (raw)") // what the decoder keeps
	p.Expect("pictures of enough sheets in one place are the secret")
	p.Expect("2.heic")
	p.Expect("3.png")
	p.Expect("1 of 3 sheets")
	p.Expect("press enter to look for new pictures")
	p.SendLine("x")
	p.Expect("expected enter, t or q")
	p.SendLine("")
	p.Expect("no new picture")
	picture(t, scans, "4.png", sheets[3])
	p.Expect("press enter to look for new pictures")
	p.SendLine("")
	p.Expect("2 of 3 sheets")
	p.Expect("press enter to look for new pictures")
	p.SendLine("t")
	typeSheet(p, sheets[2])
	p.Expect("show the secret on a page that is wiped?")
	p.SendLine("")
	p.Expect("neither shown nor written")
	p.ExpectExit(0)
	clean(t, p)
	neverShown(t, p, sheets)
}

// One holder checks one sheet.
func TestCheckTyped(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(2, 3), 0)
	p, _ := person(t, "backup", "check")
	onAlt(p, "the sheet to check")
	typeSheet(p, sheets[1])
	p.ExpectExit(0)
	p.Expect("sheet 2 of set")
	neverShown(t, p, sheets)
}

// The phrase of a set goes straight into keystores; everything else is asked
// for before the first sheet.
func TestRestoreKeystores(t *testing.T) {
	sheets := sheetsOf(t, shamir.Single(2, 3), 0)
	p, dir := person(t, "backup", "restore", "keystores", "--chain", "hoodi", "--num_validators", "1", "--validator_start_index", "0", "--withdrawal_address", "")
	p.ExpectHidden("password for the keystores")
	p.SendLine("short")
	p.Expect("12 characters")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	typeSheet(p, sheets[0])
	p.Expect("1 of 2 sheets")
	typeSheet(p, sheets[1])
	p.Expect("write these files?")
	p.SendLine("yes")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}
	clean(t, p)
	notShown(t, p, strings.Fields(phrase))
	neverShown(t, p, sheets)
}

// Where no page can be wiped a sheet is one hidden line, and the question says
// no more than that.
func TestSheetsAtADumbTerminal(t *testing.T) {
	texts := sheetsOf(t, shamir.Single(2, 2), 0)
	cmd := ethkey(t, testkit.TempDir(t), "backup", "restore")
	cmd.Env = append(cmd.Env, "TERM=dumb")
	p := atTerminal(t, cmd)
	p.ExpectHidden("Type a sheet, from EK1 to the end (ctrl-d: no more), in one line that is not shown")
	p.SendLine(texts[0][:20])
	p.Expect("17 characters after EK1, expected 96")
	for _, text := range texts {
		p.ExpectHidden("in one line that is not shown")
		p.SendLine(text)
	}
	p.Expect(firstKey[:20])
	p.ExpectExit(0)
	clean(t, p, texts[0][15:23], texts[1][15:23])
}
