package shamir

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
)

// bip93 is the code of codex32's long strings.
var bip93 = newCode("ms", "SECRETSHARE32EX")

// symbolsOf returns the values of characters; "?" counts as 0 and is noted.
func symbolsOf(t *testing.T, text string) (word []byte, unreadable []int) {
	t.Helper()
	for i, c := range []byte(strings.ToUpper(text)) {
		v := indexOf(c)
		if c == '?' {
			unreadable, v = append(unreadable, i), 0
		}
		if v < 0 {
			t.Fatalf("%q is not of the alphabet", c)
		}
		word = append(word, byte(v))
	}
	return word, unreadable
}

func TestConstantsAreThoseOfBIP93(t *testing.T) {
	// ms32_polymod begins with 0x23181b3, which is what "ms" leaves.
	var got uint64
	for i, s := range bip93.start {
		got |= uint64(s) << (5 * i)
	}
	if got != 0x23181b3 {
		t.Errorf("the residue of the prefix is %#x", got)
	}
	f := gf1024()
	g := polynomial{}
	for _, s := range generator {
		g = append(g, element(s))
	}
	g = append(g, 1)
	for i := range roots {
		if f.at(g, f.pow(firstRoot+i)) != 0 {
			t.Errorf("gamma^%d is no root of the generator", firstRoot+i)
		}
	}
	seen := map[element]bool{}
	for _, x := range f.power {
		seen[x] = true
	}
	if len(seen) != order {
		t.Errorf("gamma has order %d", len(seen))
	}
}

func TestLongStringsOfBIP93(t *testing.T) {
	var vectors struct {
		Valid []struct{ Strings []string }
	}
	testkit.Decode(t, "codex32/bip93.json", &vectors)
	long := 0
	for _, v := range vectors.Valid {
		for _, s := range v.Strings {
			word, _ := symbolsOf(t, s[len("ms1"):])
			if len(s) < 96 { // the short checksum, which is another code
				continue
			}
			long++
			if !bip93.holds(word) {
				t.Errorf("%s: the checksum does not hold", s)
			}
			if ek1.holds(word) {
				t.Errorf("%s: holds as a sheet", s)
			}
			sealed := slices.Clone(word)
			for i := range checkChars {
				sealed[len(sealed)-1-i] = 31
			}
			if bip93.seal(sealed); !slices.Equal(sealed, word) {
				t.Errorf("%s: another checksum came out", s)
			}
		}
	}
	if long == 0 {
		t.Error("no long string among the vectors")
	}
}

func TestErrorCorrectionOfBIP93(t *testing.T) {
	var vectors []struct{ Damaged, Correct string }
	testkit.Decode(t, "codex32/error-correction.json", &vectors)
	long := 0
	for _, v := range vectors {
		if len(v.Correct) < 96 {
			continue
		}
		long++
		word, unreadable := symbolsOf(t, v.Damaged[len("ms1"):])
		correct, _ := symbolsOf(t, v.Correct[len("ms1"):])
		if _, ok := bip93.repair(word, unreadable); !ok || !slices.Equal(word, correct) {
			t.Errorf("%s is not corrected", v.Damaged)
		}
	}
	if long != 5 {
		t.Errorf("%d long strings among the vectors, expected 5", long)
	}
}

// randomWord is a whole word of n characters.
func randomWord(r *rand.Rand, n int) []byte {
	word := make([]byte, n)
	for i := range word {
		word[i] = byte(r.IntN(32))
	}
	ek1.seal(word)
	return word
}

// spoil changes e characters and makes f unreadable.
func spoil(r *rand.Rand, word []byte, e, f int) (spoilt []byte, unreadable []int) {
	spoilt = slices.Clone(word)
	for i, at := range r.Perm(len(word))[:e+f] {
		if i < e {
			spoilt[at] ^= byte(1 + r.IntN(31))
			continue
		}
		spoilt[at] = byte(r.IntN(32))
		unreadable = append(unreadable, at)
	}
	return spoilt, unreadable
}

func TestEveryMixOfWrongAndUnreadableIsCorrected(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for e := 0; e <= 4; e++ {
		for f := 0; 2*e+f <= roots; f++ {
			for range 200 {
				word := randomWord(r, 96+r.IntN(86))
				spoilt, unreadable := spoil(r, word, e, f)
				places, ok := ek1.repair(spoilt, unreadable)
				if !ok || !slices.Equal(spoilt, word) || len(places) != e+f {
					t.Fatalf("%d wrong, %d unreadable: not corrected (%d places)", e, f, len(places))
				}
			}
		}
	}
}

func TestMoreIsNeverTakenForLess(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, mix := range [][2]int{{5, 0}, {6, 0}, {7, 0}, {8, 0}, {4, 1}, {3, 3}, {2, 5}, {1, 7}, {1, 8}, {0, 9}, {30, 0}} {
		for range 500 {
			word := randomWord(r, 96)
			spoilt, unreadable := spoil(r, word, mix[0], mix[1])
			before := slices.Clone(spoilt)
			if _, ok := ek1.repair(spoilt, unreadable); ok {
				t.Fatalf("%d wrong, %d unreadable: something was proposed", mix[0], mix[1])
			}
			if !slices.Equal(before, spoilt) {
				t.Fatal("a word that was given up is changed")
			}
		}
	}
}

func TestRepairIsQuick(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	word := randomWord(r, 181)
	spoilt, _ := spoil(r, word, 4, 0)
	best := time.Hour // of several, as the machine may be busy
	for range 10 {
		begin := time.Now()
		if _, ok := ek1.repair(slices.Clone(spoilt), nil); !ok {
			t.Fatal("not corrected")
		}
		best = min(best, time.Since(begin))
	}
	if best > 50*time.Millisecond {
		t.Errorf("correcting took %v", best)
	}
}

func BenchmarkRepair(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	word := randomWord(r, 96)
	spoilt, _ := spoil(r, word, 4, 0)
	for b.Loop() {
		if _, ok := ek1.repair(slices.Clone(spoilt), nil); !ok {
			b.Fatal("not corrected")
		}
	}
}
