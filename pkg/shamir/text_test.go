package shamir

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// frozen is a text of 99 characters that is no secret.
func frozen(t testing.TB) string { return goldens(t)[1].Sheets[0].Text }

// inLines writes a text as it stands on a sheet.
func inLines(text string) string {
	out := Prefix
	for i, line := range Lines([]byte(text)) {
		if i > 0 {
			out += "\n"
		}
		for _, g := range line {
			out += " " + string(g)
		}
	}
	return out
}

func TestTextIsReadAsPeopleTypeIt(t *testing.T) {
	text := frozen(t)
	lines := strings.Split(inLines(text), "\n")
	numbered := func(format string) string {
		var out []string
		for i, l := range lines {
			out = append(out, fmt.Sprintf(format, i+1)+strings.TrimSpace(strings.TrimPrefix(l, Prefix)))
		}
		return strings.Join(out, "\n")
	}
	for name, typed := range map[string]string{
		"as a code has it":             text,
		"lower case":                   strings.ToLower(text),
		"in lines":                     inLines(text),
		"Windows lines":                strings.ReplaceAll(inLines(text), "\n", "\r\n"),
		"space around":                 "\t " + inLines(text) + " \n\n",
		"dashes":                       strings.ReplaceAll(spaced(text), " ", "-"),
		"other dashes":                 strings.ReplaceAll(spaced(text), " ", "\u2013"),
		"other spaces":                 strings.ReplaceAll(spaced(text), " ", "\u00a0\u200b"),
		"EK1 on its own line":          Prefix + "\n" + strings.TrimPrefix(inLines(text), Prefix),
		"without EK1":                  strings.TrimPrefix(inLines(text), Prefix),
		"EK1 mistyped":                 "EKI" + text[3:],
		"spaces in EK1's line":         "1)  EK1  " + text[3:],
		"EK1 half unreadable":          "?k1" + text[3:],
		"numbered":                     Prefix + "\n" + numbered("%d "),
		"numbered with dots":           Prefix + "\n" + numbered("%d. "),
		"numbered with colons":         Prefix + "\n" + numbered("%d:"),
		"numbered without EK1":         numbered("%02d) "),
		"first line with EK1 numbered": "1: " + strings.Join(lines, "\n"),
	} {
		s, err := Parse([]byte(typed))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if textOf(t, s) != text {
			t.Errorf("%s: another sheet was read", name)
		}
		s.Close()
	}
}

// mistype changes e characters of a text at random, and makes f unreadable.
func mistype(r *rand.Rand, text string, e, f int) (typed string, at []int) {
	b := []byte(text)
	for i, place := range r.Perm(len(b) - len(Prefix))[:e+f] {
		at = append(at, place)
		place += len(Prefix)
		if i < e {
			b[place] = alphabet[(indexOf(b[place])+1+r.IntN(31))%32]
			continue
		}
		b[place] = '?'
	}
	slices.Sort(at)
	return string(b), at
}

func TestUpToFourWrongCharactersAreProposed(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, g := range goldens(t) {
		for _, mix := range [][2]int{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {0, 1}, {0, 8}, {1, 6}, {2, 4}, {3, 2}} {
			for range 20 {
				typed, at := mistype(r, g.Sheets[0].Text, mix[0], mix[1])
				proposed(t, typed, g.Sheets[0].Text, at)
			}
		}
	}
}

// proposed expects no sheet, but a proposal that changes the places at.
func proposed(t *testing.T, typed, text string, at []int) {
	t.Helper()
	s, err := Parse([]byte(inLines(typed)))
	d := damage(err)
	if s != nil || d == nil || d.Proposal == nil {
		t.Fatalf("%v, expected a proposal", err)
	}
	defer d.Close()
	if string(d.Proposal.Text.Bytes()) != text {
		t.Fatal("another sheet is proposed")
	}
	if len(d.Proposal.Places) != len(at) {
		t.Fatalf("%v, expected %d places", err, len(at))
	}
	for i, place := range at {
		p := d.Proposal.Places[i]
		line := Lines([]byte(text))[p.Line-1]
		if p != placeOf(place) || line[p.Group-1][p.Char-1] != text[len(Prefix)+place] || !strings.Contains(err.Error(), p.String()) {
			t.Fatalf("%v, expected place %d", err, place)
		}
	}
	if fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
		t.Errorf("%v: no hint", err)
	}
}

func TestMoreWrongCharactersAreNotGuessed(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, mix := range [][2]int{{5, 0}, {6, 0}, {7, 0}, {8, 0}, {20, 0}, {4, 1}, {1, 8}, {0, 9}} {
		for range 300 {
			typed, _ := mistype(r, frozen(t), mix[0], mix[1])
			_, err := Parse([]byte(typed))
			if d := damage(err); d == nil || d.Proposal != nil || len(d.Unreadable) != mix[1] {
				t.Fatalf("%d wrong, %d unreadable: %v", mix[0], mix[1], err)
			}
		}
	}
}

// Groups or lines in each other's place are found; where they share so many
// characters that four changes undo it, the right sheet is what is proposed.
func TestSwappedGroupsAreNeverMisread(t *testing.T) {
	for _, g := range goldens(t) {
		text := g.Sheets[0].Text
		for size, count := GroupChars, (len(text)-len(Prefix))/GroupChars; size <= lineChars; size, count = size*4, count/4 {
			for i := range count {
				for j := range i {
					b := []byte(text)
					first, second := b[len(Prefix)+size*j:][:size], b[len(Prefix)+size*i:][:size]
					for k := range first {
						first[k], second[k] = second[k], first[k]
					}
					if string(b) == text {
						continue
					}
					_, err := Parse(b)
					d := damage(err)
					if d == nil {
						t.Fatalf("groups %d and %d swapped: %v", j+1, i+1, err)
					}
					if d.Proposal != nil && string(d.Proposal.Text.Bytes()) != text {
						t.Fatalf("groups %d and %d swapped: another sheet is proposed", j+1, i+1)
					}
					d.Close()
				}
			}
		}
	}
}

func TestCharactersThatLookLikeOthersAreProposed(t *testing.T) {
	for _, g := range goldens(t) {
		text := g.Sheets[1].Text
		for from, to := range map[byte]string{'0': "Oo", 'L': "1Ii", '8': "Bb"} {
			for _, like := range []byte(to) {
				var at []int
				b := []byte(text)
				for i := len(Prefix); i < len(b); i++ {
					if b[i] == from {
						b[i] = like
						at = append(at, i-len(Prefix))
					}
				}
				if len(at) > 0 {
					proposed(t, string(b), text, at)
				}
			}
		}
	}
	// What looks like one character may be another; then it counts as unreadable.
	b := []byte(frozen(t))
	var at []int
	for i := 20; len(at) < 5; i++ {
		if b[i] != '8' {
			b[i] = 'B'
			at = append(at, i-len(Prefix))
		}
	}
	proposed(t, string(b), frozen(t), at)
}

func TestWrongLengthSaysWhere(t *testing.T) {
	lines := strings.Split(inLines(frozen(t)), "\n")
	without := func(line int, cut string) string {
		c := slices.Clone(lines)
		c[line] = strings.Replace(c[line], cut, "", 1)
		return strings.Join(c, "\n")
	}
	for _, c := range []struct{ typed, says string }{
		{without(2, lines[2][1:2]), "95 characters after EK1, expected 96; line 3 has 15, expected 16"},
		{without(0, lines[0][5:6]), "95 characters after EK1, expected 96; line 1 has 15, expected 16"},
		{without(5, lines[5][12:14]), "94 characters after EK1, expected 96; line 6 has 14, expected 16"},
		{strings.Join(lines[:5], "\n"), "80 characters after EK1, expected 96; line 6 is missing"},
		{strings.Join(append(lines, "QQQQ"), "\n"), "100 characters after EK1, expected 96; line 7 has 4, expected none"},
		{strings.ReplaceAll(without(3, lines[3][1:2]), "\n", " "), "95 characters after EK1, expected 96; look at line 4, group 1"},
		{strings.ReplaceAll(strings.Join(lines, "")[:60], " ", ""), "characters after EK1, expected 96"},
		{"EK1", "0 characters after EK1, expected 96"},
	} {
		_, err := Parse([]byte(c.typed))
		var l *LengthError
		if !errors.As(err, &l) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, expected %q", err, c.says)
		}
	}
}

func TestOtherThingsAreNamedForWhatTheyAre(t *testing.T) {
	phrase := "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	for typed, what := range map[string]string{
		phrase:                   "the words of a BIP-39 phrase",
		strings.ToUpper(phrase):  "the words of a BIP-39 phrase",
		strings.Repeat("歌 ", 24): "the words of a BIP-39 phrase",
		"duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar critical decision keyboard": "the words of a SLIP-39 share",
		"000001110234" + strings.Repeat("0123", 21):                                                        "a SeedQR",
		"073318950739065415961602009907670428187212261116":                                                 "a SeedQR",
		"MS12NAMEA320ZYXWVUTSRQPNMLKJHGFEDCAXRPP870HKKQRM":                                                 "a codex32 string",
		"ms10leetsllhdmn9m42vcsamx24zrxgs3qrl7ahwvhw4fnzrhve25gvezzyqqtum9pgv99ycma":                       "a codex32 string",
		"ur:sskr/gogrgdheoxryfdoeaeadaestkkadeogybd":                                                       "a UR code",
		"UR:CRYPTO-SEED/OEADGDSTASLTLAKBJYBYFDOEBY":                                                        "a UR code",
		"https://example.org/EK1":                                                                          "a web address",
		"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP":                                                         "the secret of one-time passwords",
		"bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4":                                               "an address for payments",
		"0x00000000219ab540356cBB839Cbe05303d7705Fa":                                                       "an Ethereum address",
		"0x47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138":                               "perhaps a private key",
		"47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138":                                 "perhaps a private key",
		"b3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911": "the public key of a validator",
		"b09ea9d2dd1028e2bb5ff26522d4c72c0ac7f095ac61ead20de256a3a77cd09339":                               "a share of HashiCorp Vault",
		"sJ6p0t0QKOK7X/JlItTHLArH8JWsYerSDeJWo6d80JM5":                                                     "a share of HashiCorp Vault",
		"AGE-SECRET-KEY-1QQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQPQ":                               "an age identity",
		"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p":                                   "the public key of an age identity",
		"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl":                                                         "a file encrypted with age",
		"-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl":                                                        "a PEM file",
		`{"crypto": {}}`:                       "JSON",
		"WIFI:S:home;T:WPA;P:hunter2hunter2;;": "a Wi-Fi network",
		"\x00\x01\x02\x03\xff\xfe\xfd":         "binary data",
		"12345":                                "a number",
		"hello there":                          "",
		"":                                     "",
	} {
		_, err := Parse([]byte(typed))
		var n *NotOursError
		if !errors.As(err, &n) || !strings.Contains(n.What, what) || what == "" && n.What != "" {
			t.Errorf("%v, expected %q", err, what)
		}
		if len(typed) > 11 && strings.Contains(errorText(err)+fault.HintOf(err), typed[:12]) {
			t.Errorf("%v repeats what was typed", err)
		}
	}
	if _, err := Parse(make([]byte, 1<<20)); err == nil {
		t.Error("a megabyte of zeros is a sheet")
	}
}

func TestOtherVersionsAreNamed(t *testing.T) {
	var v *VersionError
	if _, err := Parse([]byte("EK2" + frozen(t)[3:] + "QQQQQ")); !errors.As(err, &v) || v.Version != 2 {
		t.Errorf("%v", err)
	}
	later := forge(t, parse(t, frozen(t)), func(h *header, _ []byte) { h.version = 7 })
	if _, err := Parse([]byte(textOf(t, later))); !errors.As(err, &v) || v.Version != 7 || !strings.Contains(err.Error(), "EK7") {
		t.Errorf("%v", err)
	}
}

// Sheets whose checksum holds and that nobody printed.
func TestForgedHeadersAreRefused(t *testing.T) {
	s := parse(t, frozen(t))
	for name, c := range map[string]struct {
		change func(h *header, body []byte)
		says   string
	}{
		"x = 0":                  {func(_ *header, b []byte) { b[len(b)-1] = 0 }, "lies at x = 0"},
		"no threshold":           {func(h *header, _ []byte) { h.threshold = 0 }, "no threshold"},
		"one of several":         {func(h *header, _ []byte) { h.threshold = 1 }, "it alone is enough"},
		"no number":              {func(h *header, _ []byte) { h.number = 0 }, "no number"},
		"no groups":              {func(h *header, _ []byte) { h.groups = 0 }, "what no sheet says"},
		"a group beyond":         {func(h *header, _ []byte) { h.group = 2 }, "what no sheet says"},
		"one of two groups":      {func(h *header, _ []byte) { h.groups = 2 }, "1 of 2 groups needed"},
		"second of one":          {func(h *header, _ []byte) { h.groups, h.groupThreshold, h.threshold, h.number = 2, 2, 1, 2 }, "it alone is enough"},
		"three of two groups":    {func(h *header, _ []byte) { h.groups, h.groupThreshold = 2, 3 }, "what no sheet says"},
		"two levels, one's body": {func(h *header, _ []byte) { h.groups, h.groupThreshold = 2, 2 }, "a length of"},
		"unknown flag":           {func(h *header, _ []byte) { h.flags |= 8 }, "a mark that this version does not know"},
		"protected, plain body":  {func(h *header, _ []byte) { h.flags |= Protected }, "a length of"},
	} {
		forged := forge(t, s, c.change)
		if _, err := Parse([]byte(textOf(t, forged))); !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %v, expected %q", name, err, c.says)
		}
	}
	word, _ := symbolsOf(t, frozen(t)[3:])
	word[len(word)-checkChars-1] ^= 1
	ek1.seal(word)
	if _, err := sheetOf(word); !strings.Contains(errorText(err), "bits beyond") {
		t.Errorf("%v", err)
	}
}

// Without EK1 a spoilt sheet is a spoilt sheet still, and a key is a key.
func TestDamageWithoutThePrefix(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	for range 100 {
		typed, _ := mistype(r, frozen(t), 6, 0)
		_, err := Parse([]byte(strings.TrimPrefix(spaced(typed), Prefix)))
		if d := damage(err); d == nil || d.Proposal != nil {
			t.Fatalf("%v", err)
		}
	}
	var n *NotOursError
	for _, text := range []string{strings.Repeat("0a", 48), strings.Repeat("word ", 24), strings.Repeat("+-=!", 24)} {
		if _, err := Parse([]byte(text)); !errors.As(err, &n) {
			t.Errorf("%v", err)
		}
	}
}

// A group that begins like EK1 with a misread 1 is a group.
func TestAGroupIsNotTakenForThePrefix(t *testing.T) {
	s := forge(t, parse(t, frozen(t)), func(h *header, _ []byte) {
		h.id = SetID(indexOf('E')<<5 | indexOf('K'))
		h.group, h.groups, h.groupThreshold, h.threshold, h.number = 15, 15, 8, 1, 1
	})
	text := textOf(t, s)
	if text[7:10] != "EKL" {
		t.Fatal("the second group does not begin with EKL")
	}
	if got := parse(t, text[3:7]+" "+text[7:]); got.ID() != s.ID() {
		t.Error("another sheet was read")
	}
}

func TestSetID(t *testing.T) {
	for _, text := range []string{"7QK42", "m2c4x", "QQQQQ", "LLLLL"} {
		id, err := ParseSetID(text)
		if err != nil || id.String() != strings.ToUpper(text) {
			t.Errorf("%s: %s, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "7QK4", "7QK422", "7QKB2", "7QKé"} {
		if _, err := ParseSetID(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
