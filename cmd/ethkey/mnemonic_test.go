package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// rolls99 are rolls of a die that nothing is wrong with.
const rolls99 = "324611513515211441215415126651554121523425153562155623156151524654345433226215354364351154232441615"

// The key of index 0 that phrase makes.
const phraseKey = "0x847930d3b34da7f075da47129eaaddba3c043d4f89544ece128cae86568fb0780cb02c1df6328a6ab1b4cfb50baed701"

// screenful waits for a page and returns what it shows.
func screenful(p *testkit.PTY, text string) string {
	var shown string
	p.ExpectScreen(text, func(s *testkit.Screen) bool {
		shown = s.Alt()
		return s.OnAlt() && strings.Contains(shown, text)
	})
	return shown
}

// field returns the line of a page under a label.
func field(t *testing.T, page, label string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + label + `\n(\S+)$`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no %s on the page:\n%s", label, page)
	}
	return m[1]
}

// A person rolls dice: the commitment is there before the first roll, what is
// wrong with the rolls is said, the phrase is typed again, and the page that
// is shown on request leads by SHA-256 from both parts to the phrase.
func TestMnemonicNewWithDice(t *testing.T) {
	p, dir := person(t, "mnemonic", "new", "--dice")
	p.Expect("press any key to type the rolls")
	shown := regexp.MustCompile(`its commitment, SHA-256:\s+([0-9a-f]{64})`).FindStringSubmatch(p.Transcript())
	if shown == nil {
		t.Fatalf("no commitment before the rolls: %q", p.Transcript())
	}
	p.Send(" ")
	onAlt(p, "0 rolls; 99 to go")
	p.Send(strings.Repeat("123456", 17))
	onAlt(p, "102 rolls: press enter")
	p.Send("\r")
	onAlt(p, "error: the rolls repeat after 10 or fewer")
	p.Send("\x15" + rolls99[:98])
	onAlt(p, "98 rolls; 1 to go")
	p.Send(rolls99[98:])
	onAlt(p, "99 rolls: press enter, or go on")
	p.Send("\r")
	words := readPage(p)
	newPhrase(t, words)
	p.Send(" ")
	onAlt(p, "type your phrase again")
	p.Send(strings.Join(words, " ") + " ")
	finish(p)
	p.Expect("show what the phrase can be recomputed from")
	p.SendLine("y")
	page := screenful(p, "press any key to wipe")
	system, rolls, entropy := field(t, page, "SYSTEM"), field(t, page, "ROLLS"), field(t, page, "entropy")
	p.Send(" ")
	p.Expect("24 words, english, from: system and dice (99 rolls)")
	p.ExpectExit(0)
	if sum := sha256.Sum256([]byte(system)); hex.EncodeToString(sum[:]) != shown[1] {
		t.Error("the system's part is not what was committed to")
	}
	if sum := sha256.Sum256([]byte(system + rolls99)); hex.EncodeToString(sum[:]) != entropy || rolls != rolls99 {
		t.Error("the entropy is not that of both parts")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("written: %v", left)
	}
	clean(t, p, rolls99[:10], system, entropy)
	notShown(t, p, words)
}

// Without a wish for it the parts are not shown; a phrase of the system alone
// has none.
func TestMnemonicNewShowsNoPartsUnasked(t *testing.T) {
	p, dir := person(t, "mnemonic", "new", "--dice-only", "--output-file", "phrase")
	onAlt(p, "0 rolls; 99 to go")
	p.Send(rolls99 + "\r")
	p.Expect("show what the phrase can be recomputed from")
	p.SendLine("")
	p.Expect("written to phrase")
	p.ExpectExit(0)
	if text, err := os.ReadFile(filepath.Join(dir, "phrase")); err != nil || !strings.HasPrefix(string(text), "imitate foster belt") {
		t.Errorf("%v", err)
	}
	clean(t, p, rolls99[:10], "imitate")
	if strings.Contains(p.Transcript(), "ROLLS") {
		t.Error("the parts were shown")
	}
}

func TestMnemonicNewInterrupted(t *testing.T) {
	for _, at := range []string{"commitment", "rolls", "phrase"} {
		p, dir := person(t, "mnemonic", "new", "--dice")
		p.Expect("press any key to type the rolls")
		if at != "commitment" {
			p.Send(" ")
			onAlt(p, "0 rolls")
			p.Send(rolls99)
			onAlt(p, "99 rolls")
		}
		if at == "phrase" {
			p.Send("\r")
			readPage(p)
		}
		p.Interrupt()
		p.ExpectExit(130)
		clean(t, p, rolls99[:10])
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: left %v", at, left)
		}
	}
}

// A wrong phrase stays in the editor to be mended.
func TestMnemonicCheckAsked(t *testing.T) {
	p, _ := person(t, "mnemonic", "check", "--count", "1")
	onAlt(p, "your mnemonic phrase")
	p.Send(strings.Replace(phrase, "borrow", "boring", 1) + " ")
	finish(p)
	onAlt(p, "the checksum of the phrase does not hold")
	p.Send(strings.Repeat("\x7f", len("boring")+1) + "borrow ")
	finish(p)
	p.Expect("12 words, english; the checksum holds")
	p.Expect(phraseKey)
	p.ExpectExit(0)
	clean(t, p, "scheme", "borrow")
}

// A person types what is on the paper, with what cannot be read; the place is
// named, and the phrase shown only after a yes.
func TestMnemonicRepairAsked(t *testing.T) {
	p, dir := person(t, "mnemonic", "repair", "--pubkey", phraseKey)
	onAlt(p, "write ? for what you cannot read")
	p.Send(strings.Replace(phrase, "mountain", "m?n", 1) + " ")
	finish(p)
	p.Expect("word 6 is unreadable")
	p.Expect("this phrase makes the known key, at key index 0")
	p.Expect("show the whole phrase on a page that is wiped [y/N]")
	if strings.Contains(p.Transcript(), "mountain") {
		t.Error("the word was shown unasked")
	}
	p.SendLine("y")
	page := screenful(p, "press any key to wipe")
	if !strings.Contains(page, " 6. mountain") || !strings.Contains(page, "12. borrow") || !strings.Contains(page, "word 6 is unreadable") {
		t.Errorf("the page:\n%s", page)
	}
	p.Send(" ")
	p.ExpectExit(0)
	clean(t, p, "scheme", "mountain", "borrow")
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("written: %v", left)
	}
}

// An empty answer, or a no, shows and writes nothing.
func TestMnemonicRepairNotAgreedTo(t *testing.T) {
	dir := withSecrets(t)
	writeFile(t, dir, "damaged", strings.Replace(phrase, "spot photo", "photo spot", 1))
	p := atTerminal(t, ethkey(t, dir, "mnemonic", "repair", "--pubkey", phraseKey, "--mnemonic-file", "damaged", "--output-file", "mended"))
	p.Expect("words 2 and 3 are swapped")
	p.Expect("write the whole phrase, in clear text, to mended [y/N]")
	p.SendLine("")
	p.ExpectExit(0)
	if _, err := os.Stat(filepath.Join(dir, "mended")); !os.IsNotExist(err) {
		t.Errorf("written: %v", err)
	}
	p = atTerminal(t, ethkey(t, dir, "mnemonic", "repair", "--pubkey", phraseKey, "--mnemonic-file", "damaged", "--output-file", "mended"))
	p.Expect("to mended [y/N]")
	p.SendLine("yes")
	p.Expect("written to mended")
	p.ExpectExit(0)
	if text, err := os.ReadFile(filepath.Join(dir, "mended")); err != nil || string(text) != phrase {
		t.Errorf("%v", err)
	}
	clean(t, p, "scheme", "borrow")
}

// With nothing known of the keys, the candidates are listed on a page, without
// the rest of the phrase, and one is shown whole.
func TestMnemonicRepairChosen(t *testing.T) {
	dir := withSecrets(t)
	writeFile(t, dir, "damaged", strings.Replace(phrase, "mountain", "montain", 1))
	p := atTerminal(t, ethkey(t, dir, "mnemonic", "repair", "--mnemonic-file", "damaged"))
	p.Expect("word 6 is wrong")
	p.Expect("show the 200 likeliest, with their words, on a page that is wiped [y/N]")
	p.SendLine("y")
	page := screenful(p, "any key for more")
	if !strings.Contains(page, "    1. word 6 is wrong: mountain") || strings.Contains(page, "scheme") {
		t.Errorf("the page:\n%s", page)
	}
	for strings.Contains(page, "any key for more") {
		before := page
		p.Send(" ")
		p.ExpectScreen("the next part", func(s *testkit.Screen) bool {
			page = s.Alt()
			return s.OnAlt() && page != before && (strings.Contains(page, "any key for more") || strings.Contains(page, "press any key"))
		})
	}
	if !strings.Contains(page, "  200. ") || !strings.Contains(page, "more, less and less likely") {
		t.Errorf("the last part:\n%s", page)
	}
	p.Send(" ")
	p.Expect("number of the candidate")
	p.SendLine("9999")
	p.Expect("error: ")
	p.SendLine("1")
	p.Expect("show the whole phrase on a page that is wiped")
	p.SendLine("y")
	if page := screenful(p, "press any key to wipe"); !strings.Contains(page, " 6. mountain") {
		t.Errorf("the page:\n%s", page)
	}
	p.Send(" ")
	p.ExpectExit(0)
	clean(t, p, "scheme", "mountain")
}

// No secret of a repair reaches stdout, stderr, or a file that was not named
// for it.
func TestRepairWritesNoSecret(t *testing.T) {
	dir := withSecrets(t)
	writeFile(t, dir, "damaged", strings.Replace(phrase, "mountain", "?", 1))
	var stdout, stderr strings.Builder
	cmd := ethkey(t, dir, "mnemonic", "repair", "--mnemonic-file", "damaged", "--pubkey", phraseKey, "--output-file", "mended", "--non_interactive")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(cmd.Env, "TMPDIR="+dir)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	c := canary(t)
	found := append(c.Scan("stdout", []byte(stdout.String())), c.Scan("stderr", []byte(stderr.String()))...)
	inFiles, err := c.ScanTree(dir, func(path string) bool {
		return named(path) || filepath.Base(path) == "mended" || filepath.Base(path) == "damaged"
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(found, inFiles...) {
		t.Error(f)
	}
}
