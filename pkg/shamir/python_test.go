package shamir

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// listings are the Python programs of docs/recover-without-ethkey.md, exactly
// as the page has them.
func listings(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "recover-without-ethkey.md"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, part := range strings.Split(string(page), "```python\n")[1:] {
		text, _, _ := strings.Cut(part, "```")
		found = append(found, text)
	}
	if len(found) != 2 {
		t.Fatalf("%d listings on the page, expected 2", len(found))
	}
	return found
}

func TestTheListingsOnThePageAreThosePrinted(t *testing.T) {
	page := listings(t)
	if page[0] != RecoverScript() || page[1] != RecoverMoreScript() {
		t.Error("docs/recover-without-ethkey.md has other listings than pkg/shamir")
	}
}

// python is a folder with the listings of the page.
type python struct {
	t      *testing.T
	folder string
}

func newPython(t *testing.T) *python {
	t.Helper()
	testkit.Program(t, "python3")
	p := &python{t, t.TempDir()}
	page := listings(t)
	p.write("recover.py", page[0])
	p.write("recover_more.py", page[1])
	return p
}

func (p *python) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.folder, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// run runs a listing over sheets and returns all that it says.
func (p *python) run(script, input string, sheets ...*Sheet) string {
	p.t.Helper()
	var lines strings.Builder
	for i, s := range sheets {
		if text := textOf(p.t, s); i%2 == 0 {
			lines.WriteString(asOnPaper(text) + "\n")
		} else {
			lines.WriteString(spaced(text) + "\n")
		}
	}
	return p.runText(script, input, lines.String())
}

// runText runs a listing over the text of sheets.
func (p *python) runText(script, input, text string) string {
	p.t.Helper()
	p.write("sheets.txt", text)
	args := []string{"-E", "-s", script, "sheets.txt"}
	if _, err := os.Stat(filepath.Join(p.folder, "words.txt")); err == nil {
		args = append(args, "words.txt")
	}
	cmd := exec.Command("python3", args...)
	cmd.Dir, cmd.Stdin = p.folder, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err == nil != strings.Contains(string(out), "\nsecret: ") && !strings.HasPrefix(string(out), "secret: ") {
		p.t.Errorf("%s: %v: %s", script, err, out)
	}
	return string(out)
}

// asOnPaper writes a text in the lines of the paper.
func asOnPaper(text string) string {
	lines := []string{Prefix}
	for _, line := range Lines([]byte(text)) {
		lines = append(lines, string(bytes.Join(line, []byte("   "))))
	}
	return strings.Join(lines, "\n")
}

// spaced writes a text in groups.
func spaced(text string) string {
	groups := []string{Prefix}
	for _, line := range Lines([]byte(text)) {
		for _, g := range line {
			groups = append(groups, string(g))
		}
	}
	return strings.Join(groups, " ")
}

// guessable tells whether a person may have thought of a secret.
func guessable(k Kind) bool { return k == KindPassword || k == KindText }

// expectedSecret is what the listings print for a secret.
func expectedSecret(s Secret) string {
	if guessable(s.Kind) {
		return "secret: " + string(s.Data.Bytes()) + "\n"
	}
	return "secret: " + hex.EncodeToString(s.Data.Bytes()) + "\n"
}

func TestPythonRestoresEveryKind(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	for name, s := range everyKind(t) {
		sheets := split(t, s, Single(3, 5), 0)
		for script, chosen := range map[string][]*Sheet{
			"recover.py": {sheets[4], sheets[0], sheets[2], sheets[0]}, "recover_more.py": sheets,
		} {
			if got := p.run(script, "", chosen...); !strings.Contains(got, expectedSecret(s)) {
				t.Errorf("%s, %s: %s", script, name, got)
			}
		}
	}
}

// An encrypted file is opened with age alone.
func TestPythonWritesAnAgeIdentityAsAgeReadsIt(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	for _, first := range []byte{0, 0x7F, 0xFF} {
		random := make([]byte, 32)
		_, _ = rand.Read(random)
		random[0] = first
		s := Secret{Kind: KindAge, Data: buffer(t, random)}
		text, err := FormatAge(s.Data)
		if err != nil {
			t.Fatal(err)
		}
		defer text.Close()
		line := "\nfor age: " + string(text.Bytes()) + "\n"
		for name, sheets := range map[string][]*Sheet{"one level": split(t, s, Single(2, 3), 0), "two levels": split(t, s, twoLevels[0], 0)} {
			if got := p.run("recover_more.py", "", sheets...); !strings.Contains(got, line) {
				t.Errorf("%s: %s, expected%s", name, got, line)
			}
		}
		if got := p.run("recover.py", "", split(t, s, Single(2, 2), 0)...); !strings.Contains(got, "recover_more.py prints it") {
			t.Errorf("%s", got)
		}
	}
}

// The words come from a list in a file, which the test writes from ours.
func TestPythonPrintsTheWords(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	p.write("words.txt", strings.Join(englishWords(t), "\n"))
	for _, n := range []int{12, 18, 24} {
		phrase, err := mnemonic.New(rand.Reader, n, mnemonic.English)
		if err != nil {
			t.Fatal(err)
		}
		defer phrase.Close()
		data, err := phrase.Entropy()
		if err != nil {
			t.Fatal(err)
		}
		defer data.Close()
		sentence, err := phrase.Sentence()
		if err != nil {
			t.Fatal(err)
		}
		defer sentence.Close()
		sheets := split(t, Secret{Kind: KindEntropy, Language: mnemonic.English, Data: data}, Single(2, 2), Rehearsal)
		if got := p.run("recover.py", "", sheets...); !strings.Contains(got, "words: "+string(sentence.Bytes())+"\n") {
			t.Errorf("%d words: %s", n, got)
		}
	}
}

// englishWords are all words of the list, by phrases that hold each of them.
func englishWords(t *testing.T) []string {
	t.Helper()
	var words []string
	for i := range 2048 {
		b := make([]byte, 16)
		b[0], b[1] = byte(i>>3), byte(i<<5)
		phrase, err := mnemonic.FromEntropy(buffer(t, b), mnemonic.English)
		if err != nil {
			t.Fatal(err)
		}
		words = append(words, phrase.Word(0))
		phrase.Close()
	}
	return words
}

func TestPythonRefusesWhatDoesNotBelongTogether(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	s := entropy(t)
	sheets, other := split(t, s, Single(3, 5), 0), split(t, s, Single(3, 5), 0)
	forgedSheet := forge(t, sheets[3], func(h *header, body []byte) { body[7] ^= 1 })
	moved := forge(t, other[3], func(h *header, _ []byte) { h.id = sheets[0].ID() })
	rehearsal := func(s *Sheet) *Sheet { return forge(t, s, func(h *header, _ []byte) { h.flags |= Rehearsal }) }
	for name, c := range map[string]struct {
		sheets []*Sheet
		says   string
	}{
		"too few":              {sheets[:2], "2 of 3 sheets"},
		"one twice":            {[]*Sheet{sheets[0], sheets[1], sheets[1]}, "2 of 3 sheets"},
		"two sets":             {[]*Sheet{sheets[0], sheets[1], other[2]}, "different sets"},
		"a forged share":       {[]*Sheet{sheets[0], sheets[1], forgedSheet}, "WRONG"},
		"another set, renamed": {[]*Sheet{sheets[0], sheets[1], moved}, "WRONG"},
		"rehearsal, one":       {[]*Sheet{sheets[0], sheets[1], rehearsal(sheets[2])}, "different sets"},
		"rehearsal, all":       {[]*Sheet{rehearsal(sheets[0]), rehearsal(sheets[1]), rehearsal(sheets[2])}, "WRONG"},
	} {
		for _, script := range []string{"recover.py", "recover_more.py"} {
			if got := p.run(script, "", c.sheets...); !strings.Contains(got, c.says) || strings.Contains(got, "secret:") {
				t.Errorf("%s, %s: %s, expected %q", script, name, got, c.says)
			}
		}
	}
}

// forge changes a sheet and makes its checksum hold again.
func forge(t testing.TB, s *Sheet, change func(h *header, body []byte)) *Sheet {
	t.Helper()
	c := clone(t, s)
	t.Cleanup(c.Close)
	change(&c.head, c.body.Bytes())
	return c
}

func TestPythonUndoesPassphrasesAndGroups(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	for _, s := range []Secret{entropy(t), everyKind(t)["long password"]} {
		sheets := split(t, s, twoLevels[0], 0)
		locked, passphrase := protected(t, sheets[2])
		chosen := []*Sheet{locked, sheets[1], sheets[0]}
		if got := p.run("recover_more.py", strings.ToLower(passphrase)+"\n", chosen...); !strings.Contains(got, expectedSecret(s)) {
			t.Errorf("%s", got)
		}
		if got := p.run("recover_more.py", "QQQQ-QQQQ-QQQQ-QQQQ-QQQQ\n", chosen...); !strings.Contains(got, "WRONG: not the passphrase") {
			t.Errorf("%s", got)
		}
		if got := p.run("recover.py", "", chosen...); !strings.Contains(got, "use recover_more.py") || strings.Contains(got, "secret:") {
			t.Errorf("%s", got)
		}
		if got := p.run("recover_more.py", "", sheets[1], sheets[2]); !strings.Contains(got, "1 of 2 groups") {
			t.Errorf("%s", got)
		}
		spoilt := forge(t, sheets[2], func(_ *header, body []byte) { body[5] ^= 4 })
		if got := p.run("recover_more.py", "", sheets[0], sheets[1], spoilt); !strings.Contains(got, "WRONG: the sheets of group 2") {
			t.Errorf("%s", got)
		}
		one, _ := protected(t, split(t, s, Single(2, 2), 0)[0])
		if got := p.run("recover.py", "", one); !strings.Contains(got, "with a passphrase") {
			t.Errorf("%s", got)
		}
	}
}

// protected is a sheet with a new passphrase.
func protected(t testing.TB, s *Sheet) (locked *Sheet, passphrase string) {
	t.Helper()
	phrase, err := NewPassphrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	locked, err = Protect(t.Context(), s, phrase)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(locked.Close)
	return locked, string(phrase.Bytes())
}

func TestPythonFindsAMistypedSheet(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	sheets := split(t, entropy(t), Single(2, 2), 0)
	text := []byte(textOf(t, sheets[1]))
	text[40] = alphabet[(indexOf(text[40])+1)%32]
	got := p.runText("recover_more.py", "", textOf(t, sheets[0])+"\n"+string(text)+"\n")
	if !strings.Contains(got, "WRONG: EK1 "+string(text[3:15])+"... is mistyped") {
		t.Errorf("%s", got)
	}
}

// What a person types wrong is said in words, not by a traceback.
func TestPythonSaysWhatIsWrongWithTheText(t *testing.T) {
	t.Parallel()
	p := newPython(t)
	sheets := split(t, entropy(t), Single(2, 2), 0)
	first, second := textOf(t, sheets[0]), textOf(t, sheets[1])
	begins := "WRONG: EK1 " + second[3:15] + "... has "
	for name, c := range map[string]struct{ text, says string }{
		"nothing":              {"", "or none"},
		"a letter of no sheet": {first + "\n" + second[:20] + "o" + second[21:], begins + "96 characters after EK1; no sheet has O"},
		"a character too few":  {first + "\n" + second[:20] + second[21:], begins + "95 characters after EK1\n"},
		"no EK1 between":       {second + "\n" + first[3:], begins + "192 characters after EK1\n"},
		"numbers of lines":     {first + "\n" + Prefix + "\n1. " + second[3:], "; no sheet has . 1"},
		"a heading":            {"\ufeffSheet 1\n" + first + "\n" + second, "WRONG: EK1 SHEET1... has 6 characters"},
	} {
		for _, script := range []string{"recover.py", "recover_more.py"} {
			if got := p.runText(script, "", c.text); !strings.Contains(got, c.says) || strings.Contains(got, "Traceback") {
				t.Errorf("%s, %s: %s, expected %q", script, name, got, c.says)
			}
		}
	}
}
