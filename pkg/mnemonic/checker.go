package mnemonic

import (
	"crypto/sha256"

	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

// maxEntropy is the entropy of the longest phrase, in bytes.
const maxEntropy = maxWords / 3 * 4

// checker computes the checksums of phrases (BIP-39, "Generating the
// mnemonic") on a secret page: the standard library's SHA-256 keeps the entropy
// on the stack, where it outlives the call if the stack is grown next.
type checker struct {
	page    *secret.Buffer
	hash    *hmac.Hash
	entropy []byte
	digest  []byte
}

func newChecker() (*checker, error) {
	room := hmac.SHA256.HashRoom()
	page, err := secret.New(room + maxEntropy + sha256.Size)
	if err != nil {
		return nil, err
	}
	rest := page.Bytes()[room:]
	return &checker{page, hmac.NewHash(hmac.SHA256, page.Bytes()[:room]), rest[:maxEntropy], rest[maxEntropy:]}, nil
}

// checksum returns the byte that holds the checksum of entropy: its first
// len(entropy)/4 bits.
func (c *checker) checksum(entropy []byte) byte {
	c.hash.Sum(c.digest, entropy)
	return c.digest[0]
}

// sound reports whether the checksum of the phrase holds.
func (c *checker) sound(indices []uint16) bool {
	entropy := c.entropy[:entropyLen(len(indices))]
	unpack(entropy, indices)
	last := len(indices) - 1
	return int(indices[last]) == indexAt(entropy, c.checksum(entropy), last)
}

// Close wipes the page. A second Close does nothing.
func (c *checker) Close() {
	if c != nil {
		c.hash.Close()
		c.page.Close()
	}
}
