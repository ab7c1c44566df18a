package mnemonic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
)

func repair(t testing.TB, text string, language Language) *Repair {
	t.Helper()
	r, err := NewRepair([]byte(text), language)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	t.Cleanup(r.Close)
	return r
}

// place returns where among the candidates the phrase stands, and fails if it
// stands there twice or not at all.
func place(t testing.TB, r *Repair, want *Mnemonic) int {
	t.Helper()
	at := -1
	for i := range r.Len() {
		m, err := r.Mnemonic(i)
		if err != nil {
			t.Fatal(err)
		}
		if _, same := m.Equal(want); same {
			if at >= 0 {
				t.Fatalf("candidates %d and %d are the same phrase", at, i)
			}
			at = i
		}
		m.Close()
	}
	if at < 0 {
		t.Fatalf("the phrase is not among %d candidates", r.Len())
	}
	return at
}

// spoil does one damage to the words of m and returns the text and what is to
// be found.
func spoil(rng *rand.Rand, m *Mnemonic, damage Damage) (string, Change) {
	words := displayed(m)
	i := rng.IntN(len(words))
	c := Change{Damage: damage, Position: i + 1, Language: m.Language()}
	list := m.Language().list().display
	switch damage {
	case Swapped:
		j := rng.IntN(len(words) - 1)
		if j >= i {
			j++
		}
		for words[i] == words[j] {
			j = (j + 1) % len(words)
		}
		words[i], words[j] = words[j], words[i]
		c.Position, c.Other = min(i, j)+1, max(i, j)+1
	case Wrong:
		old := words[i]
		for words[i] == old {
			words[i] = list[rng.IntN(len(list))]
		}
	case Unreadable:
		words[i] = "?"
	case Missing:
		words = slices.Delete(words, i, i+1)
	case Extra:
		words = slices.Insert(words, i, list[rng.IntN(len(list))])
	}
	return strings.Join(words, " "), c
}

// Whatever the damage, the language and the number of words: the phrase is
// among the candidates, once, named by its change; every candidate is a phrase
// whose checksum holds, and likelier ones stand before others.
func TestEveryDamageIsMended(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range uint64(50) {
		language := Languages()[n%10]
		for _, damage := range []Damage{Intact, Swapped, Wrong, Unreadable, Missing, Extra} {
			m := draw(t, n, counts[n%5], language)
			text, want := spoil(rng, m, damage)
			r := repair(t, text, language)
			at := place(t, r, m)
			got := r.Change(at)
			if damage == Intact {
				want.Position = 0
			}
			// A word that was left out or is too many beside its like may be either.
			if got != want && damage != Missing && damage != Extra || got.Damage != damage {
				t.Errorf("%s, %d words: found %+v, want %+v", language, m.Words(), got, want)
			}
			if damage == Intact && at != 0 {
				t.Errorf("an intact phrase is candidate %d", at)
			}
			for i := 1; i < r.Len(); i++ {
				if r.candidates[i].far < r.candidates[i-1].far {
					t.Fatalf("candidate %d is likelier than the one before", i)
				}
			}
			r.Close()
		}
	}
}

// One in 256 of what is possible is a phrase of 24 words, one in 16 one of 12.
func TestHowManyCandidates(t *testing.T) {
	for _, c := range []struct {
		words     int
		damage    Damage
		low, high int
	}{
		{24, Unreadable, 1, 20}, {12, Unreadable, 90, 170},
		{24, Missing, 130, 270}, {24, Wrong, 130, 270}, {12, Missing, 1300, 1900}, {12, Extra, 0, 8},
	} {
		m := draw(t, 7, c.words, English)
		text, _ := spoil(rand.New(rand.NewPCG(3, uint64(c.words))), m, c.damage)
		if r := repair(t, text, English); r.Len() < c.low || r.Len() > c.high {
			t.Errorf("%s of %d: %d candidates", c.damage, c.words, r.Len())
		}
	}
}

// The likeliest comes first: what is nearest to what was typed, by slips of
// the hand and of the eye.
func TestLikeliestFirst(t *testing.T) {
	for _, c := range []struct {
		typed  string
		nearer string
		than   string
	}{
		{"cout", "court", "zebra"},
		{"abandom", "abandon", "random"},
		{"actiom", "action", "auction"}, // m for n
		{"bottie", "bottle", "boring"},  // i for l
		{"rabit", "rabbit", "habit"},    // one b in place of two
		{"hosue", "house", "hope"},      // neighbours exchanged
		{"rcipe", "recipe", "ripple"},   // a letter left out
		{"liqht", "light", "limit"},     // q for g
		{"sp?on", "spoon", "spin"},      // a letter that cannot be read
		{"?tter", "butter", "battle"},   // its beginning
		{"cac?", "cactus", "cat"},       // its end
	} {
		near, far := unlike([]rune(c.typed), []rune(c.nearer)), unlike([]rune(c.typed), []rune(c.than))
		if near >= far {
			t.Errorf("%q: %s is %d away, %s only %d", c.typed, c.nearer, near, c.than, far)
		}
	}
}

// The slips have their price, and a gap none.
func TestSlips(t *testing.T) {
	for _, c := range []struct {
		typed, word string
		want        int
	}{
		{"house", "house", 0}, {"?", "house", 0}, {"h?e", "house", 0}, {"hou?", "house", 0}, {"?f", "house", letterSlip},
		{"hous", "house", shortSlip}, {"hosue", "house", swapSlip}, {"hoose", "house", letterSlip}, {"hovse", "house", alikeSlip},
		{"hiuse", "house", alikeSlip}, {"housse", "house", doubledSlip}, {"hose", "house", letterSlip}, {"", "house", 4*letterSlip + shortSlip},
		{"arbol", "\u00e1rbol", accentSlip}, {"nueve", "nube", letterSlip + alikeSlip},
	} {
		if got := unlike([]rune(c.typed), []rune(c.word)); got != c.want {
			t.Errorf("%q for %q: %d, want %d", c.typed, c.word, got, c.want)
		}
	}
	if !confusable('q', 'a') || !confusable('g', 'b') || confusable('q', 's') || confusable('1', 'l') || confusable('p', 'z') {
		t.Error("the keyboard is not as it should be")
	}
}

// Adjacent words are exchanged more often than distant ones.
func TestNeighboursBeforeDistantWords(t *testing.T) {
	m := draw(t, 3, 24, English)
	words := displayed(m)
	words[4], words[5] = words[5], words[4]
	r := repair(t, strings.Join(words, " "), English)
	if at := place(t, r, m); at != 0 || r.Change(at) != (Change{Swapped, 5, 6, English}) || r.Word(at) != "" {
		t.Errorf("the swap of neighbours is candidate %d, %+v", at, r.Change(at))
	}
}

// A word that its first four letters read as another one is doubted first.
func TestFourLettersThatMislead(t *testing.T) {
	text := strings.Replace("scheme spot photo card baby mountain device kick cradle pact join borrow", "mountain", "montain", 1)
	if i, ok := English.Lookup([]byte("montain")); !ok || English.list().display[i] != "month" {
		t.Fatal("montain does not mislead")
	}
	r := repair(t, text, English)
	if r.Change(0) != (Change{Wrong, 6, 0, English}) || r.Word(0) != "mountain" {
		t.Errorf("first is %+v, %s", r.Change(0), r.Word(0))
	}
}

// A word written twice is taken out, whichever of the two.
func TestWordWrittenTwice(t *testing.T) {
	m := draw(t, 5, 24, English)
	words := displayed(m)
	r := repair(t, strings.Join(slices.Insert(words, 8, words[8]), " "), English)
	if at := place(t, r, m); at != 0 || r.Change(at) != (Change{Extra, 9, 0, English}) {
		t.Errorf("candidate %d, %+v", at, r.Change(at))
	}
}

// The language is found although a word is not.
func TestLanguageOfADamagedPhrase(t *testing.T) {
	for n, language := range Languages() {
		m := draw(t, uint64(n), 24, language)
		words := displayed(m)
		words[20] = "?"
		r := repair(t, strings.Join(words, " "), "")
		if at := place(t, r, m); r.Change(at) != (Change{Unreadable, 21, 0, language}) || r.Word(at) != m.Word(20) {
			t.Errorf("%s: %+v", language, r.Change(at))
		}
	}
}

// More than one damage is refused, by the places of the words.
func TestMoreDamageThanCanBeMended(t *testing.T) {
	words := strings.Fields(abandonAbout)
	two := slices.Clone(words)
	two[2], two[6] = "?", "zzzz"
	short := slices.Clone(two[:11])
	short[6] = words[6]
	for _, c := range []struct {
		text string
		want string
		hint string
	}{
		{strings.Join(two, " "), "words 3, 7 are not in the word list of english", "one word"},
		{strings.Join(short, " "), "word 3 is not in the word list of english", "too few"},
		{strings.Join(words[:10], " "), "the phrase has 10 words", "write ?"},
		{strings.Repeat("abandon ", 26), "the phrase has 26 words", "?"},
		{"", "0 words", "?"},
		{"\xff", "not UTF-8", "UTF-8"},
	} {
		_, err := NewRepair([]byte(c.text), "")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(fault.HintOf(err), c.hint) {
			t.Errorf("%q: %v (%s)", c.text, err, fault.HintOf(err))
		}
		if err != nil && strings.Contains(err.Error()+fault.HintOf(err), "zzzz") {
			t.Error("the error repeats what was typed")
		}
	}
	if _, err := NewRepair([]byte(abandonAbout), "klingon"); err == nil {
		t.Error("a language that is none was taken")
	}
}

func TestRepairDoesNotPrint(t *testing.T) {
	r := repair(t, abandonAbout, English)
	if got := fmt.Sprintf("%v %+v %#v %s", r, r, r, r); got != strings.TrimSpace(strings.Repeat("[redacted] ", 4)) {
		t.Errorf("printed %q", got)
	}
	if r.bases[0].indices != [maxWords + 1]uint16{} || r.words != [maxWords + 1]letters{} {
		t.Error("the phrase stays outside the secret pages")
	}
	kept := r.candidates
	r.Close()
	r.Close()
	if r.Len() != 0 || kept[0] != (candidate{}) || r.bases[0].sealed.Len() != 0 {
		t.Error("Close leaves the phrase")
	}
}

// The first candidate that fits is found, with any number of workers; a fault
// or an end of the context stops the search.
func TestSearch(t *testing.T) {
	m := draw(t, 9, 24, English)
	text, _ := spoil(rand.New(rand.NewPCG(5, 5)), m, Wrong)
	r := repair(t, text, English)
	want := place(t, r, m)
	for _, workers := range []int{0, 1, 3} {
		var last, calls atomic.Int64
		got, err := r.Search(context.Background(), workers, func(c *Mnemonic) (bool, error) {
			_, same := c.Equal(m)
			return same, nil
		}, func(done, total int) {
			calls.Add(1)
			last.Store(int64(done))
			if total != r.Len() {
				t.Errorf("total %d", total)
			}
		})
		if err != nil || got != want || calls.Load() != last.Load() {
			t.Errorf("%d workers: %d, %v; want %d", workers, got, err, want)
		}
	}
	if got, err := r.Search(context.Background(), 2, func(*Mnemonic) (bool, error) { return false, nil }, nil); got != -1 || err != nil {
		t.Errorf("nothing fits: %d, %v", got, err)
	}
	broken := errors.New("broken")
	if _, err := r.Search(context.Background(), 2, func(*Mnemonic) (bool, error) { return false, broken }, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	const value = "the value of a panic may be a secret"
	if _, err := r.Search(context.Background(), 2, func(*Mnemonic) (bool, error) { panic(value) }, nil); fault.KindOf(err) != fault.Integrity || strings.Contains(err.Error(), value) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Search(ctx, 2, func(*Mnemonic) (bool, error) { return true, nil }, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// All that fit are found by the likeliest, whoever is faster.
func TestSearchTakesTheLikeliest(t *testing.T) {
	m := draw(t, 9, 12, English)
	text, _ := spoil(rand.New(rand.NewPCG(5, 5)), m, Unreadable)
	r := repair(t, text, English)
	release := make(chan struct{})
	var calls atomic.Int64
	got, err := r.Search(context.Background(), 2, func(*Mnemonic) (bool, error) {
		if calls.Add(1) == 1 {
			<-release // the first of the two waits for the second
		} else {
			close(release)
		}
		return true, nil
	}, nil)
	if err != nil || got != 0 {
		t.Errorf("got %d, %v", got, err)
	}
}

func FuzzNewRepair(f *testing.F) {
	f.Add([]byte(abandonAbout), "")
	f.Add([]byte("? "+abandonAbout[8:]), "english")
	f.Add([]byte("ab? "+abandonAbout), "")
	f.Add([]byte(strings.Repeat("zoo ", 23)), "english")
	f.Fuzz(func(t *testing.T, text []byte, language string) {
		r, err := NewRepair(text, Language(language))
		if err != nil {
			return
		}
		defer r.Close()
		for i := range min(3, r.Len()) {
			m, err := r.Mnemonic(i)
			if err != nil {
				t.Fatal(err)
			}
			again := parse(t, sentence(t, m), m.Language())
			if at, same := again.Equal(m); !same {
				t.Errorf("candidate %d does not read back: word %d", i, at)
			}
			m.Close()
		}
	})
}

func BenchmarkNewRepair(b *testing.B) {
	m := draw(b, 1, 24, English)
	for _, damage := range []Damage{Swapped, Unreadable, Missing} {
		text, _ := spoil(rand.New(rand.NewPCG(1, 1)), m, damage)
		b.Run(damage.String(), func(b *testing.B) {
			for b.Loop() {
				repair(b, text, English).Close()
			}
		})
	}
}

// What takes the place of a repair's page lives on when the repair is closed.
func TestARepairIsClosedOnce(t *testing.T) {
	r, err := NewRepair([]byte(strings.Repeat("abandon ", 11)+"?"), English)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte{7}, hmac.SHA256.HashRoom())
	b := buffer(t, slices.Clone(want))
	r.Close()
	r.Close()
	if !bytes.Equal(b.Bytes(), want) {
		t.Error("another secret was overwritten")
	}
}
