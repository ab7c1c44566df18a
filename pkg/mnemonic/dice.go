package mnemonic

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

// What rolls of a die have to be like. A real die breaks none of these bounds
// within the life of the universe.
const (
	// MaxRolls is how many rolls are taken at most.
	MaxRolls = 1000

	minFaces  = 4  // different faces
	maxPeriod = 10 // a run this short, over and over, was made up
)

// minRolls holds, for each number of words, the rolls of a die with six faces,
// log2(6) bits each, that reach its entropy. 99 make 255.9 bits: the number
// that hardware wallets ask for, too.
var minRolls = map[int]int{12: 50, 15: 62, 18: 75, 21: 87, 24: 99}

// MinRolls returns how many rolls of a die a phrase of so many words needs at
// least, and 0 for a number that no phrase has.
func MinRolls(words int) int { return minRolls[words] }

// ParseRolls reads the faces of a die, digits 1 to 6 with any white space
// between them, and refuses what no die does. The rolls are returned as digits
// alone. The caller keeps text. No error repeats a roll.
func ParseRolls(text []byte, words int) (*secret.Buffer, error) {
	if !validCount(words) {
		return nil, refuse(&CountError{words}, "24 words are usual for validators")
	}
	rolls, err := secret.New(len(text))
	if err != nil {
		return nil, err
	}
	n, err := digitsOf(rolls.Bytes(), text)
	if err == nil {
		err = checkRolls(rolls.Bytes()[:n], MinRolls(words), words)
	}
	if err != nil {
		rolls.Close()
		return nil, err
	}
	rolls.Truncate(n)
	return rolls, nil
}

// digitsOf copies the faces in text to dst and returns how many they are.
func digitsOf(dst, text []byte) (n int, err error) {
	for _, c := range text {
		switch {
		case c >= '1' && c <= '6':
			dst[n] = c
			n++
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		default:
			return 0, fault.New(fault.Refused, "after %d rolls: expected a digit from 1 to 6", n).
				WithHint("type the face of a die with six faces, roll by roll")
		}
	}
	return n, nil
}

func checkRolls(rolls []byte, least, words int) error {
	const hint = "roll a real die and type each face as it falls; people cannot make up randomness"
	switch {
	case len(rolls) < least:
		return fault.New(fault.Refused, "%d rolls; a phrase of %d words needs at least %d", len(rolls), words, least).
			WithHint("roll %d times more", least-len(rolls))
	case len(rolls) > MaxRolls:
		return fault.New(fault.Refused, "more than %d rolls", MaxRolls).WithHint("%d are enough", least)
	case len(faces(rolls)) < minFaces:
		return fault.New(fault.Refused, "the rolls show fewer than %d different faces", minFaces).WithHint(hint)
	case slices.Max(counted(rolls)) > len(rolls)/2:
		return fault.New(fault.Refused, "one face came up in more than half of the rolls").WithHint(hint)
	case periodic(rolls):
		return fault.New(fault.Refused, "the rolls repeat after %d or fewer", maxPeriod).WithHint(hint)
	}
	return nil
}

// counted returns how often each face from 1 to 6 came up.
func counted(rolls []byte) []int {
	counts := make([]int, 6)
	for _, r := range rolls {
		counts[r-'1']++
	}
	return counts
}

// faces returns the counts of those faces that came up.
func faces(rolls []byte) []int {
	return slices.DeleteFunc(counted(rolls), func(n int) bool { return n == 0 })
}

// periodic reports whether the rolls are one short run over and over.
func periodic(rolls []byte) bool {
	for p := 1; p <= maxPeriod; p++ {
		same := true
		for i := p; i < len(rolls); i++ {
			same = same && rolls[i] == rolls[i-p]
		}
		if same {
			return true
		}
	}
	return false
}

// SystemPart is the system's share of a phrase that is made by dice too: 32
// random bytes, written as 64 lower-case hexadecimal digits. It is drawn, and
// committed to, before a die is rolled, so that it cannot be chosen to cancel
// the dice.
type SystemPart struct {
	digits     *secret.Buffer
	commitment [sha256.Size]byte
}

// NewSystemPart draws from rand.
func NewSystemPart(rand io.Reader) (*SystemPart, error) {
	drawn := make([]byte, sha256.Size) // the kernel may refuse to write into secret memory
	defer secret.Wipe(drawn)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return nil, fault.New(fault.Environment, "cannot draw random bytes: %w", err)
	}
	digits, err := secret.New(hex.EncodedLen(len(drawn)))
	if err != nil {
		return nil, err
	}
	hex.Encode(digits.Bytes(), drawn)
	s := &SystemPart{digits: digits}
	if err := hmac.SHA256.Digest(s.commitment[:], digits.Bytes()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Commitment returns SHA-256 of the digits.
func (s *SystemPart) Commitment() [sha256.Size]byte { return s.commitment }

// Digits returns the digits, in place.
func (s *SystemPart) Digits() []byte {
	if s == nil {
		return nil
	}
	return s.digits.Bytes()
}

// Close wipes the part.
func (s *SystemPart) Close() {
	if s != nil {
		s.digits.Close()
	}
}

// FromRolls makes the phrase of rolls, as ParseRolls returns them, and of the
// system's part; nil is dice alone. The entropy is the first bytes of
//
//	SHA-256(digits of the system's part | rolls)
//
// both as ASCII text, so that sha256sum recomputes it. Dice alone give the
// phrase that Coldcard and SeedSigner make of the same rolls.
func FromRolls(system *SystemPart, rolls *secret.Buffer, words int, language Language) (*Mnemonic, error) {
	if !validCount(words) {
		return nil, refuse(&CountError{words}, "24 words are usual for validators")
	}
	if err := checkRolls(rolls.Bytes(), MinRolls(words), words); err != nil {
		return nil, err
	}
	return hashed(system.Digits(), rolls.Bytes(), words, language)
}

func hashed(digits, rolls []byte, words int, language Language) (*Mnemonic, error) {
	entropy, err := secret.New(entropyLen(words))
	if err != nil {
		return nil, err
	}
	defer entropy.Close()
	if err := hmac.SHA256.Digest(entropy.Bytes(), digits, rolls); err != nil {
		return nil, err
	}
	return FromEntropy(entropy, language)
}
