package mnemonic

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
)

// Every phrase, however it is spelled, reads as the same entropy.
func TestEverySpellingOfAPhraseReadsTheSame(t *testing.T) {
	for _, language := range Languages() {
		for _, words := range counts {
			m := draw(t, 10, words, language)
			typed := displayed(m)
			for how := range spellings("") {
				text := mapWords(typed, func(w string) string { return spellings(w)[how] })
				if got := parse(t, text, language); entropy(t, got) != entropy(t, m) || sentence(t, got) != sentence(t, m) {
					t.Errorf("%s, %d words, %s: another phrase", language, words, how)
				}
			}
		}
	}
}

// Chinese phrases may be valid in both lists; all others drawn here are found.
func TestLanguageIsDetected(t *testing.T) {
	for _, language := range Languages() {
		for n := range uint64(20) {
			m := draw(t, 20+n, 24, language)
			for _, how := range []string{"NFC", "NFKD", "four letters", "no accents", "upper case"} {
				text := mapWords(displayed(m), func(w string) string { return spellings(w)[how] })
				got, err := Parse([]byte(text), "")
				var ambiguous *AmbiguousError
				switch {
				case errors.As(err, &ambiguous):
					if !slices.Contains(ambiguous.Languages, language) {
						t.Errorf("%s %d: asked which of %v", language, n, ambiguous.Languages)
					}
				case err != nil:
					t.Errorf("%s %d, %s: %v", language, n, how, err)
				case got.Language() != language || entropy(t, got) != entropy(t, m):
					t.Errorf("%s %d, %s: read as %s", language, n, how, got.Language())
				}
				got.Close()
			}
		}
	}
}

func TestAnyWhiteSpaceParts(t *testing.T) {
	words := strings.Fields(abandonAbout)
	want := sentence(t, parse(t, abandonAbout, English))
	for _, space := range []string{
		" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\u200b", "\ufeff", " \n\t ",
	} {
		for _, language := range []Language{English, ""} {
			text := space + strings.Join(words, space) + space
			if got := sentence(t, parse(t, text, language)); got != want {
				t.Errorf("separated by %q: read as %q", space, got)
			}
		}
	}
	for _, other := range []string{",", "-", ";", "\u00ad", "\x00", ""} {
		if _, err := Parse([]byte(strings.Join(words, other)), English); err == nil {
			t.Errorf("separated by %q: accepted", other)
		}
	}
}

func TestWrongCountIsNamed(t *testing.T) {
	for n := range 40 {
		text := strings.Repeat("abandon ", n)
		_, err := Parse([]byte(text), "")
		var count *CountError
		valid := slices.Contains(counts, n)
		if errors.As(err, &count) == valid {
			t.Errorf("%d words: %v", n, err)
		}
		if !valid && (count.Words != n || !strings.Contains(err.Error(), fmt.Sprint(n)) || !strings.Contains(err.Error(), "12, 15, 18, 21 or 24")) {
			t.Errorf("%d words: %v", n, err)
		}
	}
}

// canary is a word of no list and near to none in its first four letters.
const canary = "qzxjkvwq"

// checkRefusal fails unless err is a fault with a hint that repeats none of
// the words typed.
func checkRefusal(t *testing.T, err error, typed ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("accepted")
	}
	if fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
		t.Errorf("%v: kind %d, hint %q", err, fault.KindOf(err), fault.HintOf(err))
	}
	said := strings.ToLower(fmt.Sprintf("%v %+v %s", err, err, fault.HintOf(err)))
	for _, word := range typed {
		if strings.Contains(said, strings.ToLower(word)) {
			t.Errorf("%q repeats %q, which was typed", said, word)
		}
	}
}

func TestWrongWordIsNamedByPosition(t *testing.T) {
	for _, language := range Languages() {
		m := draw(t, 50, 15, language)
		for i := range m.Words() {
			words := displayed(m)
			words[i] = canary
			for _, given := range []Language{language, ""} {
				_, err := Parse([]byte(strings.Join(words, " ")), given)
				var word *WordError
				if !errors.As(err, &word) || word.Position != i+1 || len(word.Also) != 0 || !slices.Contains(word.Languages, language) {
					t.Fatalf("%s, word %d: %#v", language, i+1, err)
				}
				if !strings.Contains(err.Error(), fmt.Sprintf("word %d is not in the word list of", i+1)) {
					t.Errorf("%s, word %d: %v", language, i+1, err)
				}
				checkRefusal(t, err, canary)
			}
		}
	}
}

// French has "abandon" too, and "aboutir".
func TestEveryWrongWordIsNamed(t *testing.T) {
	words := strings.Fields(abandonAbout)
	words[2], words[6], words[11] = canary, canary, canary
	_, err := Parse([]byte(strings.Join(words, " ")), "")
	if err == nil || err.Error() != "words 3, 7, 12 are not in the word list of english or french" {
		t.Errorf("%v", err)
	}
	_, err = Parse([]byte(strings.Repeat(canary+" ", 12)), "")
	if err == nil || err.Error() != "words 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 are in none of the ten word lists" {
		t.Errorf("%v", err)
	}
	checkRefusal(t, err, canary)
}

func TestNearestWordsAreHinted(t *testing.T) {
	_, err := Parse([]byte(strings.Replace(abandonAbout, "about", "baout", 1)), "")
	var word *WordError
	if !errors.As(err, &word) || word.Position != 12 || len(word.Nearest) == 0 || word.Nearest[0] != "about" || len(word.Nearest) > nearestWords {
		t.Fatalf("%#v", err)
	}
	if hint := fault.HintOf(err); !strings.HasPrefix(hint, "nearest to word 12: about") {
		t.Errorf("hint %q", hint)
	}
	checkRefusal(t, err, "baout", "abandon")
}

// "doktor" is Czech.
func TestEnglishIsGuessedWhereEquallyNear(t *testing.T) {
	_, err := Parse([]byte(strings.Repeat("doxtor ", 12)), "")
	var word *WordError
	if !errors.As(err, &word) || len(word.Languages) != 0 || len(word.Nearest) == 0 || word.Nearest[0] != "doctor" {
		t.Errorf("%#v", err)
	}
}

func TestGarbageOfOneLanguageIsDiagnosedInIt(t *testing.T) {
	_, err := Parse([]byte(strings.Repeat("añadirx anxadir ", 6)), "")
	var word *WordError
	if !errors.As(err, &word) || word.Position != 2 || !slices.Equal(word.Languages, []Language{Spanish}) || word.Nearest[0] != "añadir" {
		t.Errorf("%#v", err)
	}
}

// A wrong word that is in the list is caught by the checksum, which has one
// bit for every three words, but for its share of luck.
func TestOneWordExchanged(t *testing.T) {
	for _, language := range []Language{English, Japanese, French} {
		for _, words := range counts {
			m := draw(t, 60, words, language)
			source := rand.New(rand.NewPCG(uint64(words), 7))
			slipped, tries := 0, 2000
			for range tries {
				typed := displayed(m)
				i, k := source.IntN(words), source.IntN(wordCount-1)
				typed[i] = language.list().display[(m.index(i)+1+k)%wordCount]
				got, err := Parse([]byte(strings.Join(typed, " ")), language)
				var sum *ChecksumError
				switch {
				case err == nil:
					slipped++
					if at, same := m.Equal(got); same || at != i+1 {
						t.Errorf("word %d exchanged: first difference at %d", i+1, at)
					}
					got.Close()
				case !errors.As(err, &sum) || !slices.Contains(sum.Languages, language):
					t.Fatalf("%s: %v", language, err)
				default:
					checkRefusal(t, err)
				}
			}
			if most := 2*tries>>(words/3) + 20; slipped > most {
				t.Errorf("%s, %d words: %d of %d exchanges are not noticed; expected fewer than %d", language, words, slipped, tries, most)
			}
		}
	}
}

func TestTwoWordsSwappedFailTheChecksum(t *testing.T) {
	_, err := Parse([]byte(strings.Replace(abandonAbout, "abandon about", "about abandon", 1)), "")
	var sum *ChecksumError
	if !errors.As(err, &sum) || !slices.Equal(sum.Languages, []Language{English, French}) {
		t.Errorf("%v", err)
	}
	checkRefusal(t, err, "abandon", "about")
}

// manyTries is far more than a draw with one chance in 256 takes.
const manyTries = 100_000

// bothChinese returns a phrase of words that stand at one index in both lists,
// if same, or at several.
func bothChinese(t *testing.T) string {
	t.Helper()
	simplified, traditional := ChineseSimplified.list(), ChineseTraditional.list()
	var shared []int
	for i, word := range simplified.display {
		if traditional.display[i] == word {
			shared = append(shared, i)
		}
	}
	check, err := newChecker()
	if err != nil {
		t.Fatal(err)
	}
	defer check.Close()
	source := rand.New(rand.NewPCG(1, 2))
	for range manyTries {
		var indices [12]uint16
		for i := range indices {
			indices[i] = uint16(shared[source.IntN(len(shared))])
		}
		if check.sound(indices[:]) {
			var words []string
			for _, i := range indices {
				words = append(words, simplified.display[i])
			}
			return strings.Join(words, " ")
		}
	}
	t.Fatal("no such phrase")
	return ""
}

func TestPhraseOfTwoLanguagesIsAsked(t *testing.T) {
	phrase := bothChinese(t)
	_, err := Parse([]byte(phrase), "")
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.Languages, []Language{ChineseSimplified, ChineseTraditional}) || !ambiguous.SameKeys {
		t.Fatalf("%#v", err)
	}
	checkRefusal(t, err, strings.Fields(phrase)...)
	a, b := parse(t, phrase, ChineseSimplified), parse(t, phrase, ChineseTraditional)
	if sentence(t, a) != sentence(t, b) {
		t.Error("said to be the same keys, but the sentences differ")
	}
	if at, same := a.Equal(b); at != 0 || !same {
		t.Errorf("one sentence in two languages differs at %d", at)
	}
}

// Words of English and French that share four letters make one text of two
// sentences, which means other keys.
func TestPhraseOfTwoSentencesIsAsked(t *testing.T) {
	var shared []string
	for p := range English.list().exact {
		if _, ok := French.list().exact[p]; ok && p[3] != 0 {
			shared = append(shared, string(p[:]))
		}
	}
	slices.Sort(shared)
	source := rand.New(rand.NewPCG(3, 4))
	for range manyTries {
		words := make([]string, 12)
		for i := range words {
			words[i] = shared[source.IntN(len(shared))]
		}
		text := []byte(strings.Join(words, " "))
		a, errA := Parse(text, English)
		b, errB := Parse(text, French)
		if errA != nil || errB != nil {
			a.Close()
			b.Close()
			continue
		}
		_, err := Parse(text, "")
		var ambiguous *AmbiguousError
		if !errors.As(err, &ambiguous) || !slices.Contains(ambiguous.Languages, English) || !slices.Contains(ambiguous.Languages, French) {
			t.Fatalf("%v", err)
		}
		if ambiguous.SameKeys != (sentence(t, a) == sentence(t, b)) {
			t.Errorf("same keys: %v; sentences %q and %q", ambiguous.SameKeys, sentence(t, a), sentence(t, b))
		}
		checkRefusal(t, err, words...)
		a.Close()
		b.Close()
		return
	}
	t.Fatal("no such phrase")
}

// englishOrFrench draws phrases of words that stand in the English list as
// typed, and in the French one but for an accent, until keep takes one.
func englishOrFrench(t *testing.T, keep func(english, french error) bool) []byte {
	t.Helper()
	var shared []string
	for p := range English.list().exact {
		_, exact := French.list().exact[p]
		if _, accented := French.list().bare[p]; accented && !exact && p[3] != 0 {
			shared = append(shared, string(p[:]))
		}
	}
	slices.Sort(shared)
	source := rand.New(rand.NewPCG(5, 6))
	for range manyTries {
		words := make([]string, 12)
		for i := range words {
			words[i] = shared[source.IntN(len(shared))]
		}
		text := []byte(strings.Join(words, " "))
		a, errA := Parse(text, English)
		b, errB := Parse(text, French)
		a.Close()
		b.Close()
		if keep(errA, errB) {
			return text
		}
	}
	t.Fatal("no such phrase")
	return nil
}

// What deposit-cli reads without question stays so: that another list has the
// words once accents are put in does not count.
func TestWordsAsTypedGoBeforeWordsWithoutAccents(t *testing.T) {
	both := englishOrFrench(t, func(english, french error) bool { return english == nil && french == nil })
	if got := parse(t, string(both), ""); got.Language() != English {
		t.Errorf("%s: read as %s", both, got.Language())
	}
	onlyFrench := englishOrFrench(t, func(english, french error) bool { return english != nil && french == nil })
	if got := parse(t, string(onlyFrench), ""); got.Language() != French {
		t.Errorf("%s: read as %s", onlyFrench, got.Language())
	}
	neither := englishOrFrench(t, func(english, french error) bool { return english != nil && french != nil })
	_, err := Parse(neither, "")
	var sum *ChecksumError
	if !errors.As(err, &sum) || !slices.Equal(sum.Languages, []Language{English}) {
		t.Errorf("%s: %v; expected to hear of English alone", neither, err)
	}
}

func TestFullWidthLettersAreLetters(t *testing.T) {
	wide := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'Ａ'
		}
		return r
	}, abandonAbout)
	if got := sentence(t, parse(t, wide, "")); got != abandonAbout {
		t.Errorf("%s: read as %s", wide, got)
	}
}

func TestPhraseOfAnotherLanguageThanGivenIsHinted(t *testing.T) {
	m := draw(t, 70, 24, Korean)
	_, err := Parse([]byte(sentence(t, m)), English)
	var word *WordError
	if !errors.As(err, &word) || !slices.Equal(word.Languages, []Language{English}) || !strings.Contains(fault.HintOf(err), "valid in korean") {
		t.Errorf("%v, hint %q", err, fault.HintOf(err))
	}
	if _, err := Parse([]byte(abandonAbout), "klingon"); err == nil || fault.KindOf(err) != fault.Refused {
		t.Errorf("klingon: %v", err)
	}
}

func TestPhraseThatIsNotUTF8IsRefused(t *testing.T) {
	_, err := Parse([]byte("caf\xe9 "+abandonAbout), "")
	checkRefusal(t, err, "caf", "abandon")
}

func TestTextIsLeftAlone(t *testing.T) {
	text := []byte(strings.ToUpper(abandonAbout))
	kept := string(text)
	parse(t, string(text), "")
	if m, err := Parse(text, ""); err == nil {
		m.Close()
	}
	if string(text) != kept {
		t.Error("the caller's text was changed")
	}
}

// FuzzParse: whatever is typed, nothing breaks; what is read reads again as
// the same; and a refusal does not repeat a word that is of no list.
func FuzzParse(f *testing.F) {
	f.Add([]byte(abandonAbout), uint8(0))
	f.Add([]byte(strings.ToUpper(abandonAbout)), uint8(4))
	f.Add([]byte("sourcezz\u00a0affa\tcanal\nfather\u3000network omit south over assist common trend draw"), uint8(0))
	f.Add([]byte(strings.Repeat("あいこくしん ", 11)+"あおぞら"), uint8(7))
	f.Add([]byte(norm.NFKD.String(strings.Repeat("가격 ", 11)+"가능")), uint8(0))
	f.Add([]byte(strings.Repeat("的 ", 11)+"在"), uint8(0))
	f.Add([]byte(strings.Repeat("abaco anadir école ", 4)), uint8(0))
	f.Add([]byte(strings.Repeat("ﷺ\u0301\x00 ", 12)), uint8(3))
	f.Add([]byte("a\xff"), uint8(1))
	f.Fuzz(func(t *testing.T, text []byte, choice uint8) {
		language := append([]Language{""}, Languages()...)[choice%11]
		kept := string(text)
		m, err := Parse(text, language)
		if string(text) != kept {
			t.Fatal("the caller's text was changed")
		}
		if err != nil {
			checkRefusal(t, err, repeated(kept, err)...)
			return
		}
		defer m.Close()
		again := parse(t, sentence(t, m), m.Language())
		if at, same := m.Equal(again); !same {
			t.Fatalf("the sentence reads as another from word %d on", at)
		}
		back, err := FromEntropy(buffer(t, entropy(t, m)), m.Language())
		if err != nil {
			t.Fatal(err)
		}
		defer back.Close()
		if at, same := m.Equal(back); !same {
			t.Fatalf("the entropy is of another phrase from word %d on", at)
		}
	})
}

// repeated returns the words of text that err repeats, though they are of no
// list and too long to be there by chance.
func repeated(text string, err error) (words []string) {
	said := strings.ToLower(err.Error() + fault.HintOf(err))
	for _, word := range strings.FieldsFunc(text, separator) {
		word = strings.ToLower(word)
		inList := func(l Language) bool {
			return slices.ContainsFunc(l.list().display, func(w string) bool { return strings.Contains(w, word) })
		}
		if len(word) > 12 && strings.Contains(said, word) && !slices.ContainsFunc(Languages(), inList) {
			words = append(words, word)
		}
	}
	return words
}
