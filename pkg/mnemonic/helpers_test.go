package mnemonic

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/secret"
)

// buffer moves a copy of s into secret memory for the length of the test.
func buffer[T string | []byte](t testing.TB, s T) *secret.Buffer {
	t.Helper()
	b, err := secret.From([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// reveal copies what b holds, and closes it.
func reveal(t testing.TB, b *secret.Buffer, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return string(b.Bytes())
}

func parse(t testing.TB, text string, language Language) *Mnemonic {
	t.Helper()
	m, err := Parse([]byte(text), language)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	t.Cleanup(m.Close)
	return m
}

func sentence(t testing.TB, m *Mnemonic) string {
	t.Helper()
	b, err := m.Sentence()
	return reveal(t, b, err)
}

func entropy(t testing.TB, m *Mnemonic) string {
	t.Helper()
	b, err := m.Entropy()
	return reveal(t, b, err)
}

func seed(t testing.TB, m *Mnemonic, passphrase string) string {
	t.Helper()
	b, err := m.Seed(buffer(t, passphrase))
	return reveal(t, b, err)
}

// draw returns a phrase from a seeded source.
func draw(t testing.TB, n uint64, words int, language Language) *Mnemonic {
	t.Helper()
	key := [32]byte{byte(n), byte(n >> 8), byte(words)}
	copy(key[3:], language)
	m, err := New(rand.NewChaCha8(key), words, language)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

// displayed returns the words as a person reads them.
func displayed(m *Mnemonic) []string {
	words := make([]string, m.Words())
	for i := range words {
		words[i] = m.Word(i)
	}
	return words
}

func mapWords(words []string, change func(string) string) string {
	changed := make([]string, len(words))
	for i, w := range words {
		changed[i] = change(w)
	}
	return strings.Join(changed, " ")
}

var counts = []int{12, 15, 18, 21, 24}
