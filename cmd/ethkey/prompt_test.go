package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

const (
	phrase   = "scheme spot photo card baby mountain device kick cradle pact join borrow"
	password = "correct horse battery"
	address  = "0x00000000219ab540356cBB839Cbe05303d7705Fa"
)

// person starts ethkey on a terminal.
func person(t *testing.T, args ...string) (*testkit.PTY, string) {
	t.Helper()
	dir := testkit.TempDir(t)
	return atTerminal(t, ethkey(t, dir, args...)), dir
}

// keys lists what a run made.
func keys(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "validator_keys", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// onAlt waits until the alternate screen shows text.
func onAlt(p *testkit.PTY, text string) {
	p.ExpectScreen(text, func(s *testkit.Screen) bool { return s.OnAlt() && strings.Contains(s.Alt(), text) })
}

// finish presses Enter where the phrase is whole.
func finish(p *testkit.PTY) {
	onAlt(p, "press enter to finish")
	p.Send("\r")
}

// clean checks what a terminal keeps after the program: it echoes, it is back
// on the normal screen, and nothing on it is secret.
func clean(t *testing.T, p *testkit.PTY, secrets ...string) {
	t.Helper()
	if !p.Echo() {
		t.Error("the terminal no longer echoes")
	}
	if p.Screen().OnAlt() {
		t.Error("the terminal was left on the alternate screen")
	}
	for _, s := range secrets {
		if strings.Contains(p.Screen().Main(), s) {
			t.Errorf("the normal screen holds %q", s)
		}
	}
	if strings.Contains(p.Transcript(), password) {
		t.Error("the password was shown")
	}
}

// notShown checks that a phrase is not on the normal screen. Single words of it
// may be: the list holds "secret", "phrase" and "network".
func notShown(t *testing.T, p *testkit.PTY, words []string) {
	t.Helper()
	shown := 0
	for _, w := range words {
		if slices.Contains(strings.Fields(p.Screen().Main()), w) {
			shown++
		}
	}
	if shown > len(words)/3 {
		t.Errorf("the normal screen holds %d of %d words", shown, len(words))
	}
}

// A person answers every question of existing-mnemonic, most of them wrongly
// at first: each wrong answer is named and asked again, nothing is lost.
func TestExistingMnemonicAsked(t *testing.T) {
	p, dir := person(t, "existing-mnemonic")
	p.Expect("language of the texts")
	p.SendLine("")
	onAlt(p, "your mnemonic phrase")
	p.Send("sche spot phtoo ")
	onAlt(p, "photo") // the nearest word to the wrong one
	p.Send("\x7f\x7f\x7f\x7foto card baby mountain device kick cradle pact join borrow ")
	finish(p)
	p.Expect("phrase read: 12 words, english")
	p.Expect("index of the first key")
	p.SendLine("4294967296")
	p.Expect("error: start index")
	p.SendLine("2")
	p.Expect("repeat the index")
	p.SendLine("3")
	p.Expect("differ")
	p.SendLine("2")
	p.Expect("repeat the index")
	p.SendLine("2")
	p.Expect("how many validators")
	p.SendLine("0")
	p.Expect("error: number of validators")
	p.SendLine("2")
	p.Expect("network: mainnet")
	p.SendLine("hodi")
	p.Expect("hoodi")
	p.SendLine("hoodi")
	p.ExpectHidden("password for the keystores")
	p.SendLine("short")
	p.Expect("12 characters")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password + "x")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("withdrawal address")
	p.SendLine(strings.ToLower(address))
	p.Expect("error: ")
	p.SendLine(address)
	p.Expect("repeat the withdrawal address")
	p.SendLine(address)
	p.Expect("compounding validator")
	p.SendLine("maybe")
	p.Expect("error: ")
	p.SendLine("yes")
	p.Expect("amount for each validator")
	p.SendLine("2049")
	p.Expect("error: ")
	p.SendLine("64")
	p.Expect("credentials  0x02")
	p.Expect("64 ETH each")
	p.Expect("press any key")
	if made := keys(t, dir); len(made) != 0 {
		t.Errorf("written before the summary was agreed to: %v", made)
	}
	p.Send(" ")
	p.Expect("verified by reading it back")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 3 {
		t.Errorf("made %v", made)
	}
	clean(t, p, "scheme", "borrow")
}

// A value given by a flag is asked for again where the anchor asks twice.
func TestGivenValuesAreRepeated(t *testing.T) {
	p, dir := person(t, "existing-mnemonic", "--language", "english", "--withdrawal_address", address, "--regular-withdrawal",
		"--num_validators", "1", "--chain", "mainnet", "--validator_start_index", "0", "--keystore_password", "correct horse batterx",
		"--mnemonic", phrase)
	p.Expect("repeat the withdrawal address")
	p.SendLine(address)
	p.Expect("repeat the index")
	p.SendLine("0")
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("differ")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}
	clean(t, p)
}

var numbered = regexp.MustCompile(`(\d+)\. +(\S+)`)

// readPage copies the phrase from the page, as a person does to paper.
func readPage(p *testkit.PTY) []string {
	var words []string
	p.ExpectScreen("24 numbered words", func(s *testkit.Screen) bool {
		words = nil
		for _, m := range numbered.FindAllStringSubmatch(s.Alt(), -1) {
			words = append(words, m[2])
		}
		return s.OnAlt() && len(words) == 24 && strings.Contains(s.Alt(), "press any key")
	})
	return words
}

// new-mnemonic shows a phrase, has it typed again, names the word that is
// wrong, shows the phrase again when asked, and leaves no word behind.
func TestNewMnemonicAsked(t *testing.T) {
	p, dir := person(t, "new-mnemonic", "--language", "english", "--folder", ".", "--pbkdf2")
	p.Expect("language of the new phrase")
	p.SendLine("klingon")
	p.Expect("error: ")
	p.Expect("hint: type one of these names")
	p.SendLine("english")
	p.Expect("how many validators")
	p.SendLine("1")
	p.Expect("network: mainnet")
	p.SendLine("")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("withdrawal address")
	p.SendLine("")
	words := readPage(p)
	newPhrase(t, words)
	p.Send(" ")
	onAlt(p, "type your phrase again")
	p.Send("\x04")
	if again := readPage(p); strings.Join(again, " ") != strings.Join(words, " ") {
		t.Error("the second page shows another phrase")
	}
	p.Send(" ")
	onAlt(p, "type your phrase again")
	wrong := append([]string(nil), words...)
	wrong[23] = other(words[23])
	p.Send(strings.Join(wrong, " ") + " ")
	finish(p)
	onAlt(p, "word 24 is not that of the phrase shown")
	p.Send(strings.Repeat("\x7f", len(wrong[23])+1) + words[23] + " ")
	finish(p)
	p.Expect("no withdrawal address: these are 0x00 credentials")
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}
	clean(t, p)
	notShown(t, p, words)
}

func other(word string) string {
	if word == "zoo" {
		return "able"
	}
	return "zoo"
}

// With --non_interactive nothing is asked, but a person still reads the phrase
// and types it again, as with the anchor.
func TestNewMnemonicNonInteractiveOnATerminal(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "password", password)
	p := atTerminal(t, ethkey(t, dir, "--non_interactive", "new-mnemonic", "--mnemonic_language", "english", "--chain", "hoodi",
		"--num_validators", "1", "--keystore-password-file", "password", "--withdrawal_address", ""))
	words := readPage(p)
	newPhrase(t, words)
	p.Send(" ")
	onAlt(p, "type your phrase again")
	p.Send(strings.Join(words, " ") + "\r")
	p.Expect("verified by reading it back")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}
	clean(t, p)
	notShown(t, p, words)
}

// generate-mnemonic shows the phrase on a page and writes nothing.
func TestGenerateMnemonicShown(t *testing.T) {
	p, dir := person(t, "generate-mnemonic", "--language", "english", "--mnemonic_language", "english")
	words := readPage(p)
	newPhrase(t, words)
	p.Send("q")
	p.ExpectExit(0)
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("written: %v", left)
	}
	clean(t, p)
	notShown(t, p, words)
}

// test-keystore asks for the file and the password; wrong ones are asked for
// again.
func TestTestKeystoreAsked(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "phrase", phrase)
	writeFile(t, dir, "password", password)
	out, err := ethkey(t, dir, "existing-mnemonic", "--non_interactive", "--mnemonic-file", "phrase", "--keystore-password-file", "password",
		"--validator_start_index", "0", "--num_validators", "1", "--chain", "mainnet", "--withdrawal_address", "").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stores, _ := filepath.Glob(filepath.Join(dir, "validator_keys", "keystore-*"))
	p := atTerminal(t, ethkey(t, dir, "test-keystore", "--language", "english"))
	p.Expect("keystore file")
	p.SendLine("nowhere.json")
	p.Expect("error: ")
	p.SendLine(stores[0])
	p.ExpectHidden("password of the keystore")
	p.SendLine("wrong horse battery")
	p.Expect("does not open this keystore")
	p.ExpectHidden("password of the keystore")
	p.SendLine(password)
	p.Expect("the password opens it")
	p.ExpectExit(0)
	clean(t, p, "wrong horse battery")
}

func writeFile(t testing.TB, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	testkit.ChownLike(t, path, info)
}

// Ctrl-C at any question ends with code 130, the terminal as it was found, and
// no file.
func TestInterruptAtEveryQuestion(t *testing.T) {
	steps := []struct {
		wait   func(p *testkit.PTY)
		answer string
	}{
		{func(p *testkit.PTY) { p.Expect("language of the texts") }, "\r"},
		{func(p *testkit.PTY) { onAlt(p, "your mnemonic phrase") }, phrase + " \r"},
		{func(p *testkit.PTY) { p.Expect("index of the first key") }, "0\r"},
		{func(p *testkit.PTY) { p.Expect("repeat the index") }, "0\r"},
		{func(p *testkit.PTY) { p.Expect("how many validators") }, "1\r"},
		{func(p *testkit.PTY) { p.Expect("network: mainnet") }, "\r"},
		{func(p *testkit.PTY) { p.ExpectHidden("password for the keystores") }, password + "\r"},
		{func(p *testkit.PTY) { p.ExpectHidden("repeat the password") }, password + "\r"},
		{func(p *testkit.PTY) { p.Expect("withdrawal address") }, address + "\r"},
		{func(p *testkit.PTY) { p.Expect("repeat the withdrawal address") }, address + "\r"},
		{func(p *testkit.PTY) { p.Expect("compounding validator") }, "y\r"},
		{func(p *testkit.PTY) { p.Expect("amount for each validator") }, "\r"},
		{func(p *testkit.PTY) { p.Expect("press any key") }, ""},
	}
	for last := range steps {
		p, dir := person(t, "existing-mnemonic")
		for i, s := range steps[:last+1] {
			s.wait(p)
			if i < last {
				p.Send(s.answer)
			}
		}
		p.Interrupt()
		p.ExpectExit(130)
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("question %d: left %v", last, left)
		}
		clean(t, p, "scheme")
	}
}

// Answers from a pipe, in the anchor's order; a wrong one takes the next line.
func TestAnswersFromAPipe(t *testing.T) {
	dir := testkit.TempDir(t)
	cmd := ethkey(t, dir, "existing-mnemonic")
	cmd.Stdin = strings.NewReader(strings.Join([]string{
		"English", phrase, "0", "0", "one", "1", "mainnet", password, password, address, address, "no", "",
	}, "\n"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v\n%s", made, out)
	}
	if strings.Contains(string(out), "scheme") || strings.Contains(string(out), password) {
		t.Error("a secret was printed")
	}
}

// On a terminal that cannot be wiped a new phrase is refused before anything
// is asked, and an existing one is typed in a hidden line.
func TestDumbTerminal(t *testing.T) {
	dumb := func(args ...string) *testkit.PTY {
		cmd := ethkey(t, testkit.TempDir(t), args...)
		cmd.Env = append(cmd.Env, "TERM=dumb")
		return atTerminal(t, cmd)
	}
	p := dumb("new-mnemonic")
	p.Expect("error: this terminal (TERM=dumb) cannot wipe")
	p.ExpectExit(3)
	if strings.Contains(p.Transcript(), "language") {
		t.Error("it asked before it refused")
	}
	p = dumb("existing-mnemonic", "--language", "english")
	p.ExpectHidden("your mnemonic phrase, in one line that is not shown")
	p.SendLine("legal winner zoob year wave sausage worth useful legal winner thank yellow")
	p.Expect("error: word 3")
	p.SendLine(phrase)
	p.Expect("phrase read: 12 words, english")
	p.Interrupt()
	p.ExpectExit(130)
	if strings.Contains(p.Transcript(), "\x1b") {
		t.Errorf("control sequences: %q", p.Transcript())
	}
	clean(t, p, "scheme", "zoob")
}
