package mnemonic

import (
	"bytes"
	"crypto/sha512"
	"crypto/subtle"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// BIP-39, "From mnemonic to seed".
const (
	seedSalt   = "mnemonic"
	seedRounds = 2048
)

// Seed returns the 64 bytes that keys are derived from. The passphrase is
// UTF-8 text; nil is the empty one. Every passphrase makes a valid seed: a
// mistyped one makes other keys.
func (m *Mnemonic) Seed(passphrase *secret.Buffer) (*secret.Buffer, error) {
	salt, err := saltFor(passphrase.Bytes())
	if err != nil {
		return nil, err
	}
	defer salt.Close()
	sentence, err := m.Sentence()
	if err != nil {
		return nil, err
	}
	defer sentence.Close()
	return pbkdf2(sentence.Bytes(), salt.Bytes(), seedRounds)
}

// saltFor returns seedSalt and the passphrase in NFKD.
func saltFor(passphrase []byte) (*secret.Buffer, error) {
	if !utf8.Valid(passphrase) {
		return nil, fault.New(fault.Refused, "the passphrase of the phrase is not UTF-8 text").
			WithHint("type it in a UTF-8 terminal, or save its file as UTF-8")
	}
	salt, err := secret.New(len(seedSalt) + nfkd(nil, passphrase))
	if err != nil {
		return nil, err
	}
	nfkd(salt.Bytes()[copy(salt.Bytes(), seedSalt):], passphrase)
	// x/text splits a run of more than 30 combining marks with this joiner,
	// which plain NFKD does not: it would make other keys.
	const joiner = "\u034f"
	if bytes.Count(salt.Bytes(), []byte(joiner)) != bytes.Count(passphrase, []byte(joiner)) {
		salt.Close()
		return nil, fault.New(fault.Refused, "the passphrase has more than 30 combining marks on one letter")
	}
	return salt, nil
}

// nfkd writes text in NFKD to dst as far as dst goes, and returns the length
// of it all. The iterator holds a letter at a time and is cleared.
func nfkd(dst, text []byte) (n int) {
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	for it.Init(norm.NFKD, text); !it.Done(); {
		segment := it.Next()
		n += len(segment)
		dst = dst[copy(dst, segment):]
	}
	return n
}

// pbkdf2 is PBKDF2 (RFC 8018, section 5.2) with HMAC-SHA512, for one block of
// output. That of x/crypto takes the password as a string and keeps the keyed
// hashes on the heap; here all stays on secret pages, but for the stack of
// SHA-512.
func pbkdf2(password, salt []byte, rounds int) (*secret.Buffer, error) {
	block := append(bytes.Clone(salt), 0, 0, 0, 1) // S || INT(1)
	defer secret.Wipe(block)
	mac, err := newHMAC(password, max(len(block), sha512.Size))
	if err != nil {
		return nil, err
	}
	defer mac.page.Close()
	key, err := secret.New(2 * sha512.Size)
	if err != nil {
		return nil, err
	}
	t, u := key.Bytes()[:sha512.Size], key.Bytes()[sha512.Size:]
	mac.sum(u, block)
	copy(t, u)
	for range rounds - 1 {
		mac.sum(u, u)
		subtle.XORBytes(t, t, u)
	}
	key.Truncate(sha512.Size)
	return key, nil
}

// hmac is HMAC-SHA512 (RFC 2104) with both padded keys in place before the
// room for what is hashed after them.
type hmac struct {
	page         *secret.Buffer
	inner, outer []byte
}

func newHMAC(key []byte, longest int) (*hmac, error) {
	const size = sha512.BlockSize
	page, err := secret.New(size + longest + size + sha512.Size)
	if err != nil {
		return nil, err
	}
	inner, outer := page.Bytes()[:size+longest], page.Bytes()[size+longest:]
	if len(key) > size {
		digest := sha512.Sum512(key)
		defer secret.Wipe(digest[:])
		key = digest[:]
	}
	copy(inner, key)
	copy(outer, key)
	for i := range size {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	return &hmac{page, inner, outer}, nil
}

// sum writes the code of message to out; they may overlap.
func (h *hmac) sum(out, message []byte) {
	n := copy(h.inner[sha512.BlockSize:], message)
	digest := sha512.Sum512(h.inner[:sha512.BlockSize+n])
	copy(h.outer[sha512.BlockSize:], digest[:])
	digest = sha512.Sum512(h.outer)
	copy(out, digest[:])
	secret.Wipe(digest[:])
}
