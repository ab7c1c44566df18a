// Package seedqr reads and writes a phrase of BIP-39 as SeedSigner and other
// wallets do in QR codes. SeedQR is the words' numbers in their list, from 0000,
// four decimal digits each. CompactSeedQR is the bare entropy, without the
// checksum of the phrase: a wrong byte in it makes another phrase, and nothing
// tells. Both are of 12 or 24 words, and neither tells the language, so that it
// has to be known; nearly always it is English.
//
// Either is the whole secret, in clear, on one piece of paper.
package seedqr

import (
	"bytes"
	"encoding/hex"
	"errors"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	wordDigits = 4
	listWords  = 2048
)

// Why a text is refused.
var (
	ErrLength = errors.New("neither a SeedQR nor a CompactSeedQR")
	ErrDigit  = errors.New("a SeedQR has digits only")
	ErrNumber = errors.New("no word has this number")
	ErrWords  = errors.New("SeedQR knows phrases of 12 and 24 words only")
)

// Parse reads either form, told apart by its length. The digits may have white
// space between them, and the bytes may be in hexadecimal, as most readers of
// codes show them.
func Parse(code []byte, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	if raw := unhex(code); raw != nil {
		defer secret.Wipe(raw)
		return ParseCompact(raw, language)
	}
	if (len(code) == 16 || len(code) == 32) && !typed(code) {
		return ParseCompact(code, language)
	}
	return ParseDigits(code, language)
}

// typed tells whether code is decimal digits and white space alone.
func typed(code []byte) bool { return len(bytes.Trim(code, "0123456789 \t\r\n\v\f")) == 0 }

// unhex returns the bytes that 32 or 64 hexadecimal digits stand for, or nil.
// That 32 random bytes are such digits does not happen. Decimal ones alone are
// sooner a SeedQR that is cut short, which must not become another phrase.
func unhex(code []byte) []byte {
	text := bytes.TrimSpace(code)
	if len(text) != 32 && len(text) != 64 || typed(text) {
		return nil
	}
	raw := make([]byte, len(text)/2)
	if _, err := hex.Decode(raw, text); err != nil {
		secret.Wipe(raw)
		return nil
	}
	return raw
}

// ParseDigits reads a SeedQR of 48 or 96 digits, and checks the phrase's
// checksum.
func ParseDigits(text []byte, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	fields := bytes.Fields(text)
	digits := make([]byte, 0, len(text))
	defer func() { secret.Wipe(digits[:cap(digits)]) }()
	for _, f := range fields {
		digits = append(digits, f...)
	}
	for i, c := range digits {
		if c < '0' || c > '9' {
			return nil, fault.New(fault.Refused, "character %d: %w", i+1, ErrDigit).WithHint("expected 48 or 96 digits, four for each word")
		}
	}
	if words := len(digits) / wordDigits; len(digits)%wordDigits != 0 || words != 12 && words != 24 {
		return nil, fault.New(fault.Refused, "%w", ErrLength).
			WithHint("expected 48 or 96 digits, or 16 or 32 bytes for the compact form; found %d digits", len(digits))
	}
	return fromNumbers(digits, language)
}

// fromNumbers puts the words together and has the phrase checked as any other.
func fromNumbers(digits []byte, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	const longest = 64 // bytes of a word and a space, in any list
	phrase := make([]byte, 0, longest*len(digits)/wordDigits)
	defer func() { secret.Wipe(phrase[:cap(phrase)]) }()
	for i := 0; i < len(digits); i += wordDigits {
		n := 0
		for _, c := range digits[i : i+wordDigits] {
			n = 10*n + int(c-'0')
		}
		if n >= listWords {
			return nil, fault.New(fault.Refused, "word %d: %w", i/wordDigits+1, ErrNumber).WithHint("the numbers go from 0000 to 2047")
		}
		phrase = append(append(phrase, language.Word(n)...), ' ')
	}
	return mnemonic.Parse(phrase, language)
}

// ParseCompact reads a CompactSeedQR: 16 or 32 bytes.
func ParseCompact(entropy []byte, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	if len(entropy) != 16 && len(entropy) != 32 {
		return nil, fault.New(fault.Refused, "%w", ErrLength).WithHint("the compact form has 16 or 32 bytes; found %d", len(entropy))
	}
	b, err := secret.From(bytes.Clone(entropy))
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return mnemonic.FromEntropy(b, language)
}

// Digits writes a phrase as a SeedQR.
func Digits(m *mnemonic.Mnemonic) (*secret.Buffer, error) {
	if err := suits(m); err != nil {
		return nil, err
	}
	b, err := secret.New(wordDigits * m.Words())
	if err != nil {
		return nil, err
	}
	for i := range m.Words() {
		n, _ := m.Language().Lookup([]byte(m.Word(i)))
		to := b.Bytes()[wordDigits*i:]
		for k := wordDigits - 1; k >= 0; k-- {
			to[k] = '0' + byte(n%10)
			n /= 10
		}
	}
	return b, nil
}

// Compact writes a phrase as a CompactSeedQR: its entropy.
func Compact(m *mnemonic.Mnemonic) (*secret.Buffer, error) {
	if err := suits(m); err != nil {
		return nil, err
	}
	return m.Entropy()
}

func suits(m *mnemonic.Mnemonic) error {
	if m.Words() != 12 && m.Words() != 24 {
		return fault.New(fault.Refused, "%w", ErrWords).WithHint("this one has %d words", m.Words())
	}
	return nil
}
