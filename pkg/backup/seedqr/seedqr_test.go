package seedqr

import (
	_ "embed"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

//go:embed testdata/vectors.txt
var published string

type vector struct{ section, mnemonic, digits, compact string }

func vectors() (cases []vector) {
	for _, block := range strings.Split(published, "\n\n")[1:] {
		var v vector
		for _, line := range strings.Split(block, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "section":
				v.section = value
			case "mnemonic":
				v.mnemonic = value
			case "digits":
				v.digits = value
			case "compact":
				v.compact = strings.TrimSpace(value)
			}
		}
		cases = append(cases, v)
	}
	return cases
}

func sentence(t *testing.T, m *mnemonic.Mnemonic) string {
	t.Helper()
	s, err := m.Sentence()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return string(s.Bytes())
}

func TestPublishedVectors(t *testing.T) {
	cases := vectors()
	if len(cases) != 9 {
		t.Fatalf("%d vectors", len(cases))
	}
	for _, v := range cases {
		compact, err := hex.DecodeString(v.compact)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range [][]byte{[]byte(v.digits), []byte(v.digits[:20] + " \n" + v.digits[20:] + "\n"), compact, []byte(v.compact + "\n")} {
			m, err := Parse(code, mnemonic.English)
			if err != nil {
				t.Errorf("%s: %v", v.section, err)
				continue
			}
			if sentence(t, m) != v.mnemonic {
				t.Errorf("%s: another phrase", v.section)
			}
			written(t, v, m)
			m.Close()
		}
	}
}

func written(t *testing.T, v vector, m *mnemonic.Mnemonic) {
	t.Helper()
	digits, err := Digits(m)
	if err != nil || string(digits.Bytes()) != v.digits {
		t.Errorf("%s: digits: %v", v.section, err)
	}
	digits.Close()
	compact, err := Compact(m)
	if err != nil || hex.EncodeToString(compact.Bytes()) != v.compact {
		t.Errorf("%s: compact: %v", v.section, err)
	}
	compact.Close()
}

func TestRefused(t *testing.T) {
	v := vectors()[3]
	var checksum *mnemonic.ChecksumError
	for name, c := range map[string]struct {
		code string
		as   func(error) bool
	}{
		"a letter":        {"O" + v.digits[1:], func(err error) bool { return errors.Is(err, ErrDigit) }},
		"a word too high": {"2048" + v.digits[4:], func(err error) bool { return errors.Is(err, ErrNumber) }},
		"a digit missing": {v.digits[1:], func(err error) bool { return errors.Is(err, ErrLength) }},
		"cut to 16":       {v.digits[:16], func(err error) bool { return errors.Is(err, ErrLength) }},
		"cut to 32":       {v.digits[:32], func(err error) bool { return errors.Is(err, ErrLength) }},
		"cut to 64":       {vectors()[0].digits[:64] + "\n", func(err error) bool { return errors.Is(err, ErrLength) }},
		"15 words":        {strings.Repeat("0000", 15), func(err error) bool { return errors.Is(err, ErrLength) }},
		"nothing":         {"", func(err error) bool { return errors.Is(err, ErrLength) }},
		"another word":    {v.digits[:44] + "0000", func(err error) bool { return errors.As(err, &checksum) }},
	} {
		_, err := Parse([]byte(c.code), mnemonic.English)
		if err == nil || !c.as(err) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Contains(err.Error(), v.digits[4:20]) || strings.Contains(err.Error(), "2048") {
			t.Errorf("%s: the error repeats the code: %v", name, err)
		}
	}
	if _, err := ParseCompact(make([]byte, 20), mnemonic.English); !errors.Is(err, ErrLength) {
		t.Errorf("20 bytes: %v", err)
	}
}

func TestOtherPhrases(t *testing.T) {
	for _, language := range mnemonic.Languages() {
		for size := 16; size <= 32; size += 4 {
			entropy, err := secret.From([]byte(strings.Repeat("\x5a\x01\xf3\x77", size/4)))
			if err != nil {
				t.Fatal(err)
			}
			m, err := mnemonic.FromEntropy(entropy, language)
			entropy.Close()
			if err != nil {
				t.Fatal(err)
			}
			digits, err := Digits(m)
			if size != 16 && size != 32 {
				if !errors.Is(err, ErrWords) {
					t.Errorf("%d words: %v", m.Words(), err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			back, err := Parse(digits.Bytes(), language)
			if err != nil {
				t.Fatalf("%s: %v", language, err)
			}
			if _, same := back.Equal(m); !same {
				t.Errorf("%s: another phrase comes back", language)
			}
		}
	}
}

func FuzzSeedQR(f *testing.F) {
	for _, v := range vectors() {
		f.Add([]byte(v.digits))
		compact, _ := hex.DecodeString(v.compact)
		f.Add(compact)
	}
	f.Fuzz(func(t *testing.T, code []byte) {
		m, err := Parse(code, mnemonic.English)
		if err != nil {
			return
		}
		defer m.Close()
		digits, err := Digits(m)
		if err != nil {
			t.Fatal(err)
		}
		defer digits.Close()
		text := strings.Join(strings.Fields(string(code)), "")
		if typed(code) && text != string(digits.Bytes()) {
			t.Error("it is written otherwise than it was read")
		}
	})
}
