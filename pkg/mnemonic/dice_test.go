package mnemonic

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// roll returns n fair rolls from a seeded source.
func roll(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 6))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('1' + r.IntN(6))
	}
	return string(b)
}

func rolls(t testing.TB, text string, words int) *secret.Buffer {
	t.Helper()
	b, err := ParseRolls([]byte(text), words)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// The words that Coldcard's documentation gives for the rolls 1 to 6.
func TestDiceAloneMakeWhatHardwareWalletsMake(t *testing.T) {
	m, err := hashed(nil, []byte("123456"), 24, English)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	const want = "mirror reject rookie talk pudding throw happy era myth already payment own " +
		"sentence push head sting video explain letter bomb casual hotel rather garment"
	if got := sentence(t, m); got != want {
		t.Errorf("got %q", got)
	}
}

func TestRollsThatNoDieMakes(t *testing.T) {
	fair := roll(200)
	for name, c := range map[string]struct {
		text  string
		words int
		want  string
	}{
		"98 of 99":              {fair[:98], 24, "98 rolls; a phrase of 24 words needs at least 99"},
		"49 of 50":              {fair[:49], 12, "at least 50"},
		"none":                  {"", 12, "0 rolls"},
		"too many":              {strings.Repeat(fair, 6), 24, "more than 1000"},
		"three faces":           {strings.NewReplacer("4", "1", "5", "2", "6", "3").Replace(fair), 24, "fewer than 4 different faces"},
		"one face over half":    {strings.NewReplacer("2", "1", "3", "1").Replace(fair), 24, "more than half"},
		"one run of ten":        {strings.Repeat("1234561223", 12), 24, "repeat after 10"},
		"one run of six":        {strings.Repeat("123456", 20), 24, "repeat after 10"},
		"a run that is cut off": {strings.Repeat("1234565", 20)[:101], 24, "repeat after 10"},
		"a zero":                {fair[:120] + "0", 24, "after 120 rolls: expected a digit from 1 to 6"},
		"a seven":               {"7" + fair, 24, "after 0 rolls"},
		"commas":                {"1,2,3", 24, "after 1 rolls"},
	} {
		b, err := ParseRolls([]byte(c.text), c.words)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && (fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "") {
			t.Errorf("%s: kind %v, hint %q", name, fault.KindOf(err), fault.HintOf(err))
		}
		b.Close()
	}
}

func TestRollsThatAreTaken(t *testing.T) {
	fair := roll(200)
	for _, words := range counts {
		least := MinRolls(words)
		if bits := float64(least) * 2.5849625; bits < float64(words)/3*32-0.1 || bits > float64(words)/3*32+2.6 {
			t.Errorf("%d words: %d rolls have %.1f bits", words, least, bits)
		}
		spaced := " " + strings.Join(strings.Split(fair[:least], ""), "\n") + "\r\n"
		if got := string(rolls(t, spaced, words).Bytes()); got != fair[:least] {
			t.Errorf("%d words: got %q", words, got)
		}
	}
	// Half of the rolls, and eleven before they repeat, are within bounds.
	rolls(t, strings.Repeat("1", 50)+strings.Repeat("23456", 10), 24)
	rolls(t, strings.Repeat("12345612234", 10), 24)
}

func TestUnusualNumberOfWordsForDice(t *testing.T) {
	var count *CountError
	if _, err := ParseRolls([]byte(roll(99)), 23); !errors.As(err, &count) {
		t.Errorf("got %v", err)
	}
	if _, err := FromRolls(nil, buffer(t, roll(99)), 23, English); !errors.As(err, &count) {
		t.Errorf("got %v", err)
	}
	if _, err := FromRolls(nil, buffer(t, "111"), 24, English); err == nil {
		t.Error("three rolls were taken")
	}
}

// The same words come of the same system's part and rolls, others of others,
// and the commitment is to the part alone.
func TestSystemPartIsFixedBeforeTheDice(t *testing.T) {
	source := func() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1}) }
	a, err := NewSystemPart(source())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	before := a.Commitment()
	made := map[string]bool{}
	for n := range 5 {
		m, err := FromRolls(a, rolls(t, roll(99+n), 24), 24, English)
		if err != nil {
			t.Fatal(err)
		}
		made[sentence(t, m)] = true
		m.Close()
	}
	if len(made) != 5 || a.Commitment() != before {
		t.Error("the dice do not decide, or the commitment changed")
	}
	b, err := NewSystemPart(source())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if !bytes.Equal(a.Digits(), b.Digits()) || b.Commitment() != before || len(a.Digits()) != 64 {
		t.Error("the part is not what was drawn")
	}
	if _, err := NewSystemPart(bytes.NewReader(make([]byte, 31))); fault.KindOf(err) != fault.Environment {
		t.Errorf("31 random bytes: %v", err)
	}
}

// script returns the shell commands of a section of docs/dice.md.
func script(t *testing.T, section string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "dice.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)## " + section + "\n.*?```sh\n(.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatalf("docs/dice.md has no commands under %q", section)
	}
	return string(m[1])
}

// shell runs commands with coreutils and awk, as a person would.
func shell(t *testing.T, dir, commands string, vars ...string) []string {
	t.Helper()
	cmd := exec.Command("sh", "-eu", "-c", commands)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), vars...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return strings.Fields(string(out))
}

// What docs/dice.md tells people to type gives the commitment, the entropy and
// the words.
func TestRecipeRecomputedByCoreutils(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "english.txt"), []byte(strings.Join(English.list().display, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	part, err := NewSystemPart(rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	for _, words := range counts {
		for _, system := range []*SystemPart{part, nil} {
			text := roll(MinRolls(words) + 3)
			m, err := FromRolls(system, rolls(t, text, words), words, English)
			if err != nil {
				t.Fatal(err)
			}
			vars := []string{"SYSTEM=" + string(system.Digits()), "ROLLS=" + text}
			if c := part.Commitment(); system != nil {
				if got := shell(t, dir, script(t, "The commitment"), vars...)[0]; got != hex.EncodeToString(c[:]) {
					t.Errorf("commitment %s", got)
				}
			}
			sum := shell(t, dir, script(t, "The entropy"), vars...)[0]
			ent := hex.EncodeToString([]byte(entropy(t, m)))
			if sum[:len(ent)] != ent {
				t.Errorf("%d words: entropy %s, want %s", words, sum, ent)
			}
			if got := shell(t, dir, script(t, "The words"), "ENTROPY="+ent); strings.Join(got, " ") != sentence(t, m) {
				t.Errorf("%d words: got %q", words, got)
			}
			m.Close()
		}
	}
}

func FuzzParseRolls(f *testing.F) {
	f.Add([]byte(roll(99)), 24)
	f.Add([]byte("1 2 3"), 12)
	f.Add([]byte(strings.Repeat("123456", 20)), 15)
	f.Fuzz(func(t *testing.T, text []byte, words int) {
		b, err := ParseRolls(text, words)
		if err != nil {
			return
		}
		defer b.Close()
		if b.Len() < MinRolls(words) || b.Len() > MaxRolls || len(bytes.Trim(b.Bytes(), "123456")) > 0 {
			t.Errorf("took %d rolls", b.Len())
		}
		m, err := FromRolls(nil, b, words, English)
		if err != nil || m.Words() != words {
			t.Errorf("no phrase: %v", err)
		}
		m.Close()
	})
}
