package mnemonic

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// wordBits is the size of an index (BIP-39, "Generating the mnemonic").
const wordBits = 11

// maxWords is the length of the longest phrase.
const maxWords = 24

// Mnemonic is a phrase whose checksum holds. Close wipes it.
type Mnemonic struct {
	language Language
	words    *list
	indices  *secret.Buffer // two bytes a word, big-endian
}

// New draws a phrase of the given number of words from rand.
func New(rand io.Reader, words int, language Language) (*Mnemonic, error) {
	if !validCount(words) {
		return nil, refuse(&CountError{words}, "24 words are usual for validators")
	}
	// An ordinary slice: the kernel may refuse to write into secret memory.
	drawn := make([]byte, entropyLen(words))
	defer secret.Wipe(drawn)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return nil, fault.New(fault.Environment, "cannot draw random bytes: %w", err)
	}
	entropy, err := secret.From(drawn)
	if err != nil {
		return nil, err
	}
	defer entropy.Close()
	return FromEntropy(entropy, language)
}

// FromEntropy makes the phrase of 16, 20, 24, 28 or 32 bytes. The caller keeps
// entropy.
func FromEntropy(entropy *secret.Buffer, language Language) (*Mnemonic, error) {
	words := entropy.Len() * 3 / 4
	if entropy.Len()%4 != 0 || !validCount(words) {
		return nil, fault.New(fault.Refused, "entropy of a phrase has 16, 20, 24, 28 or 32 bytes")
	}
	m, err := blank(words, language)
	if err != nil {
		return nil, err
	}
	c, err := newChecker()
	if err != nil {
		m.Close()
		return nil, err
	}
	defer c.Close()
	sum := c.checksum(entropy.Bytes())
	for i := range words {
		m.setIndex(i, indexAt(entropy.Bytes(), sum, i))
	}
	return m, nil
}

// blank returns a phrase of the first word of the list, over and over.
func blank(words int, language Language) (*Mnemonic, error) {
	list := language.list()
	if list == nil {
		_, err := ParseLanguage(string(language))
		return nil, err
	}
	indices, err := secret.New(2 * words)
	if err != nil {
		return nil, err
	}
	return &Mnemonic{language, list, indices}, nil
}

func validCount(words int) bool { return words >= 12 && words <= maxWords && words%3 == 0 }

// entropyLen is ENT in bytes: 32 bits for every three words.
func entropyLen(words int) int { return words / 3 * 4 }

// indexAt returns group i of eleven bits of entropy and its checksum.
func indexAt(entropy []byte, sum byte, i int) (index int) {
	for bit := i * wordBits; bit < (i+1)*wordBits; bit++ {
		b := sum
		if bit/8 < len(entropy) {
			b = entropy[bit/8]
		}
		index = index<<1 | int(b>>(7-bit%8))&1
	}
	return index
}

// unpack writes the entropy that the indices encode to dst, which has
// entropyLen bytes.
func unpack(dst []byte, indices []uint16) {
	n, held, bits := 0, uint32(0), 0
	for _, index := range indices {
		held, bits = held<<wordBits|uint32(index), bits+wordBits
		for ; bits >= 8 && n < len(dst); n++ {
			bits -= 8
			dst[n] = byte(held >> bits)
		}
	}
}

func (m *Mnemonic) setIndex(i, index int) {
	binary.BigEndian.PutUint16(m.indices.Bytes()[2*i:], uint16(index))
}

func (m *Mnemonic) index(i int) int {
	return int(binary.BigEndian.Uint16(m.indices.Bytes()[2*i:]))
}

// Language returns the language that the phrase is in.
func (m *Mnemonic) Language() Language { return m.language }

// Words returns the number of words, and 0 once the phrase is closed.
func (m *Mnemonic) Words() int { return m.indices.Len() / 2 }

// Word returns word i, from 0, composed as a person reads it. It is an entry
// of the public list, and "" past the end.
func (m *Mnemonic) Word(i int) string {
	if i < 0 || i >= m.Words() {
		return ""
	}
	return m.words.display[m.index(i)]
}

// Sentence returns the phrase as the seed is made from it, and as
// ethstaker-deposit-cli prints it: NFKD, one ASCII space between words, in
// Japanese too.
func (m *Mnemonic) Sentence() (*secret.Buffer, error) {
	size := max(0, m.Words()-1)
	for i := range m.Words() {
		size += len(m.words.sentence[m.index(i)])
	}
	sentence, err := secret.New(size)
	if err != nil {
		return nil, err
	}
	rest := sentence.Bytes()
	for i := range m.Words() {
		if i > 0 {
			rest[0] = ' '
			rest = rest[1:]
		}
		rest = rest[copy(rest, m.words.sentence[m.index(i)]):]
	}
	return sentence, nil
}

// Entropy returns the random bytes that the phrase encodes.
func (m *Mnemonic) Entropy() (*secret.Buffer, error) {
	entropy, err := secret.New(entropyLen(m.Words()))
	if err != nil {
		return nil, err
	}
	w, page, err := onPage[work]()
	if err != nil {
		entropy.Close()
		return nil, err
	}
	defer page.Close()
	for i := range m.Words() {
		w.indices[i] = uint16(m.index(i))
	}
	unpack(entropy.Bytes(), w.indices[:m.Words()])
	return entropy, nil
}

// Equal compares what the phrases spell, hence the keys that they make. It
// returns the position, from 1, of the first word that differs, or 0.
func (m *Mnemonic) Equal(o *Mnemonic) (firstDifference int, same bool) {
	for i := range min(m.Words(), o.Words()) {
		if m.words.sentence[m.index(i)] != o.words.sentence[o.index(i)] {
			return i + 1, false
		}
	}
	if m.Words() != o.Words() {
		return min(m.Words(), o.Words()) + 1, false
	}
	return 0, true
}

// Format prints [redacted] for every verb.
func (m *Mnemonic) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "[redacted]") }

// Close wipes the phrase. A second Close does nothing.
func (m *Mnemonic) Close() {
	if m != nil {
		m.indices.Close()
	}
}
