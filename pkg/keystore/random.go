package keystore

import (
	"encoding/hex"
	"fmt"
	"io"
	"regexp"

	"github.com/ethkey/ethkey/internal/fault"
)

// NewUUID draws a version 4 UUID (RFC 9562, section 5.4).
func NewUUID(rand io.Reader) ([16]byte, error) {
	u, err := NewIV(rand)
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u, err
}

// NewIV draws the initialisation vector of one keystore.
func NewIV(rand io.Reader) ([16]byte, error) {
	var iv [16]byte
	return iv, draw(rand, iv[:])
}

// NewSalt draws the 32-byte salt of a key derivation.
func NewSalt(rand io.Reader) ([]byte, error) {
	salt := make([]byte, saltLength)
	return salt, draw(rand, salt)
}

func draw(rand io.Reader, b []byte) error {
	if _, err := io.ReadFull(rand, b); err != nil {
		return fault.New(fault.Environment, "randomness: %w", err)
	}
	return nil
}

// FormatUUID writes a UUID as 8-4-4-4-12 lower-case hexadecimal digits.
func FormatUUID(u [16]byte) string {
	h := hex.EncodeToString(u[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
