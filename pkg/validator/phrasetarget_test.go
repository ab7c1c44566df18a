package validator_test

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// known is a phrase, and what its owner has of it besides.
type known struct {
	phrase     *mnemonic.Mnemonic
	words      []string
	passphrase *secret.Buffer
	key        validator.DerivedKey
}

func drawKnown(t testing.TB, rng *rand.ChaCha8, words int, language mnemonic.Language, index uint32) known {
	t.Helper()
	k := known{}
	var err error
	if k.phrase, err = mnemonic.New(rng, words, language); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.phrase.Close)
	for i := range words {
		k.words = append(k.words, k.phrase.Word(i))
	}
	keys, err := validator.ListKeys(context.Background(), machine(), k.phrase, k.passphrase, derive.Template{}, []uint32{index}, nil)
	if err != nil {
		t.Fatal(err)
	}
	k.key = keys[0]
	return k
}

func (k known) publicKey(t testing.TB) bls.PublicKey {
	t.Helper()
	b, err := hex.DecodeString(k.key.PublicKey[2:])
	if err != nil {
		t.Fatal(err)
	}
	pk, err := bls.PublicKeyFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	return pk
}

func (k known) credentials(t testing.TB) [32]byte {
	t.Helper()
	b, err := hex.DecodeString(k.key.Credentials)
	if err != nil {
		t.Fatal(err)
	}
	return [32]byte(b)
}

// otherWord returns a random word of the phrase's language.
func otherWord(t testing.TB, rng *rand.ChaCha8, k known) string {
	t.Helper()
	m, err := mnemonic.New(rng, 12, k.phrase.Language())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	return m.Word(3)
}

// typo is a slip in a word: two letters exchanged, one doubled or left out. A
// word of one letter, as in Chinese, cannot be read.
func typo(rng *rand.Rand, word string) string {
	r := []rune(word)
	if len(r) == 1 {
		return "?"
	}
	switch i := rng.IntN(len(r) - 1); rng.IntN(3) {
	case 0:
		r[i], r[i+1] = r[i+1], r[i]
	case 1:
		r = slices.Insert(r, i, r[i])
	default:
		r = slices.Delete(r, i, i+1)
	}
	return string(r)
}

// damages are what happens to words on paper, and how often it is tried.
var damages = []struct {
	name  string
	share int // of 500
	spoil func(t testing.TB, rng *rand.Rand, source *rand.ChaCha8, k known) []string
}{
	{"unreadable", 60, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		w[rng.IntN(len(w))] = "?"
		return w
	}},
	{"half readable", 100, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		i := rng.IntN(len(w))
		r := []rune(w[i])
		w[i] = "?" + string(r[(len(r)+1)/2:])
		return w
	}},
	{"misspelt", 140, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		i := rng.IntN(len(w))
		w[i] = typo(rng, w[i])
		return w
	}},
	{"neighbours swapped", 84, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		i := rng.IntN(len(w) - 1)
		w[i], w[i+1] = w[i+1], w[i]
		return w
	}},
	{"two swapped", 60, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		i, j := rng.IntN(len(w)), rng.IntN(len(w))
		w[i], w[j] = w[j], w[i]
		return w
	}},
	{"written twice", 40, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		i := rng.IntN(len(k.words))
		return slices.Insert(slices.Clone(k.words), i, k.words[i])
	}},
	{"another word", 8, func(t testing.TB, rng *rand.Rand, source *rand.ChaCha8, k known) []string {
		w := slices.Clone(k.words)
		w[rng.IntN(len(w))] = otherWord(t, source, k)
		return w
	}},
	{"missing", 8, func(_ testing.TB, rng *rand.Rand, _ *rand.ChaCha8, k known) []string {
		i := rng.IntN(len(k.words))
		return slices.Delete(slices.Clone(k.words), i, i+1)
	}},
}

// Five hundred damages, each from its own seed: the phrase is found by one of
// its public keys or by its credentials, and no other is.
func TestFiveHundredDamages(t *testing.T) {
	done, every := 0, 1
	if testing.Short() {
		every = 8 // the race detector sees no more in all of them
	}
	for d, damage := range damages {
		for n := 0; n < damage.share; n += every {
			source := rand.NewChaCha8([32]byte{byte(d), byte(n)})
			rng := rand.New(source)
			k := drawKnown(t, source, 24, mnemonic.Languages()[n%10], uint32(n%2))
			target := &validator.PhraseTarget{Indices: []uint32{0, 1}}
			if n%3 == 0 {
				target.Credentials = [][32]byte{k.credentials(t)}
			} else {
				target.PublicKeys = []bls.PublicKey{k.publicKey(t)}
			}
			text := strings.Join(damage.spoil(t, rng, source, k), " ")
			if got := mend(t, text, k.phrase.Language(), target); got == nil {
				t.Errorf("%s %d: not found", damage.name, n)
			} else if at, same := got.Equal(k.phrase); !same {
				t.Errorf("%s %d: found another phrase, from word %d on", damage.name, n, at)
			}
			done++
		}
	}
	if done != 500 && every == 1 {
		t.Errorf("%d damages", done)
	}
}

// mend returns what a search for target finds.
func mend(t testing.TB, text string, language mnemonic.Language, target *validator.PhraseTarget) *mnemonic.Mnemonic {
	t.Helper()
	if err := target.Check(); err != nil {
		t.Fatal(err)
	}
	r, err := mnemonic.NewRepair([]byte(text), language)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer r.Close()
	i, err := r.Search(context.Background(), runtime.GOMAXPROCS(0), func(m *mnemonic.Mnemonic) (bool, error) {
		_, found, err := target.Find(m)
		return found, err
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if i < 0 {
		return nil
	}
	m, err := r.Mnemonic(i)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// Of all candidates exactly one makes the key; with a key of another phrase,
// none does.
func TestOnlyOneCandidateFits(t *testing.T) {
	source := rand.NewChaCha8([32]byte{200})
	k := drawKnown(t, source, 24, mnemonic.English, 1)
	words := slices.Clone(k.words)
	words[7] = "?"
	for _, own := range []bool{true, false} {
		target := &validator.PhraseTarget{PublicKeys: []bls.PublicKey{k.publicKey(t)}, Indices: []uint32{0, 1}}
		if !own {
			target.PublicKeys[0] = drawKnown(t, source, 24, mnemonic.English, 1).publicKey(t)
		}
		r, err := mnemonic.NewRepair([]byte(strings.Join(words, " ")), mnemonic.English)
		if err != nil {
			t.Fatal(err)
		}
		fit := 0
		for i := range r.Len() {
			m, err := r.Mnemonic(i)
			if err != nil {
				t.Fatal(err)
			}
			index, found, err := target.Find(m)
			if err != nil {
				t.Fatal(err)
			}
			if found {
				fit++
				if _, same := m.Equal(k.phrase); !same || index != 1 {
					t.Errorf("candidate %d fits at index %d", i, index)
				}
			}
			m.Close()
		}
		if (fit == 1) != own || fit > 1 {
			t.Errorf("own key %v: %d candidates fit", own, fit)
		}
		r.Close()
	}
}

// A passphrase and a path decide too.
func TestTargetWithPassphraseAndPath(t *testing.T) {
	source := rand.NewChaCha8([32]byte{201})
	k := drawKnown(t, source, 24, mnemonic.English, 0)
	passphrase, err := secret.From([]byte("a further word"))
	if err != nil {
		t.Fatal(err)
	}
	defer passphrase.Close()
	ethdo, err := derive.ParseTemplate("m/12381/3600/i/0")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := validator.ListKeys(context.Background(), machine(), k.phrase, passphrase, ethdo, []uint32{3, 4}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if keys[1].Path != "m/12381/3600/4/0" || keys[1].Index != 4 {
		t.Errorf("got %+v", keys[1])
	}
	k.key = keys[1]
	target := validator.PhraseTarget{PublicKeys: []bls.PublicKey{k.publicKey(t)}, Indices: []uint32{0, 4}, Template: ethdo, Passphrase: passphrase}
	for _, c := range []struct {
		name   string
		change func(*validator.PhraseTarget)
		want   bool
	}{
		{"all as it was", func(*validator.PhraseTarget) {}, true},
		{"without the passphrase", func(p *validator.PhraseTarget) { p.Passphrase = nil }, false},
		{"on another path", func(p *validator.PhraseTarget) { p.Template = derive.Template{} }, false},
		{"without the index", func(p *validator.PhraseTarget) { p.Indices = []uint32{0} }, false},
	} {
		changed := target
		c.change(&changed)
		if _, found, err := changed.Find(k.phrase); err != nil || found != c.want {
			t.Errorf("%s: %v, %v", c.name, found, err)
		}
	}
}

func TestTargetsThatTellNothing(t *testing.T) {
	for want, target := range map[string]validator.PhraseTarget{
		"nothing is known":          {Indices: []uint32{0}},
		"no key index":              {PublicKeys: make([]bls.PublicKey, 1)},
		"expected 0x00 credentials": {Credentials: [][32]byte{{1}}, Indices: []uint32{0}},
	} {
		if err := target.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// BenchmarkRepair reports how long a person waits at most: until every
// candidate was tried at ten indices, on all cores.
func BenchmarkRepair(b *testing.B) {
	source := rand.NewChaCha8([32]byte{202})
	k := drawKnown(b, source, 24, mnemonic.English, 0)
	other := drawKnown(b, source, 24, mnemonic.English, 0)
	unknown, wrong, missing, swapped := slices.Clone(k.words), slices.Clone(k.words), slices.Clone(k.words[:23]), slices.Clone(k.words)
	unknown[11] = "?"
	wrong[11] = otherWord(b, source, k)
	swapped[3], swapped[19] = swapped[19], swapped[3]
	for _, c := range []struct {
		name   string
		words  []string
		target known
	}{
		{"unreadable", unknown, other}, {"wrong-somewhere", wrong, other}, {"missing-somewhere", missing, other}, {"swapped-found", swapped, k},
	} {
		target := &validator.PhraseTarget{PublicKeys: []bls.PublicKey{c.target.publicKey(b)}}
		for i := range uint32(10) {
			target.Indices = append(target.Indices, i)
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				mend(b, strings.Join(c.words, " "), mnemonic.English, target)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "seconds")
			b.ReportMetric(0, "ns/op")
		})
	}
}
