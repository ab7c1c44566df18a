package slip39

import (
	"context"
	"encoding/binary"

	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Constants of the encryption (SLIP-39, "Encryption of the master secret").
const (
	rounds         = 4
	baseIterations = 10000 / rounds
	saltPrefix     = "shamir"
)

// Combine gives the master secret of a set that is Ready, decrypted with the
// passphrase, which may be nil. Nothing tells whether the passphrase is right.
func (c *Set) Combine(ctx context.Context, passphrase *secret.Buffer) (*secret.Buffer, error) {
	for _, b := range passphrase.Bytes() {
		if b < ' ' || b > '~' {
			return nil, refuse(ErrPassphrase, "it is of printable ASCII characters only; was the set made with this one?")
		}
	}
	master, err := c.combine()
	if err != nil {
		return nil, err
	}
	if err := c.shares[0].decrypt(ctx, master.Bytes(), passphrase.Bytes()); err != nil {
		master.Close()
		return nil, err
	}
	return master, nil
}

// decrypt runs the Feistel network backwards, in place.
func (s *Share) decrypt(ctx context.Context, master, passphrase []byte) error {
	half := len(master) / 2
	l, r := master[:half], master[half:]
	for i := rounds - 1; i >= 0; i-- {
		f, err := s.round(ctx, byte(i), passphrase, r)
		if err != nil {
			return err
		}
		for k, b := range f.Bytes() { // l, r = r, l ^ f
			l[k], r[k] = r[k], l[k]^b
		}
		f.Close()
	}
	for k := range l { // the result is r || l
		l[k], r[k] = r[k], l[k]
	}
	return nil
}

// round is the round function F(i, R).
func (s *Share) round(ctx context.Context, i byte, passphrase, r []byte) (*secret.Buffer, error) {
	room, err := secret.New(1 + len(passphrase) + len(saltPrefix) + 2 + len(r))
	if err != nil {
		return nil, err
	}
	defer room.Close()
	password := append(append(room.Bytes()[:0], i), passphrase...)
	salt := room.Bytes()[len(password):len(password)]
	if !s.Extendable {
		salt = binary.BigEndian.AppendUint16(append(salt, saltPrefix...), s.Identifier)
	}
	salt = append(salt, r...)
	return kdf.PBKDF2(ctx, hmac.SHA256, password, salt, baseIterations<<s.Exponent, len(r))
}

// mac is HMAC-SHA256.
func mac(key, message []byte) (sum [32]byte, err error) {
	err = hmac.SHA256.Code(sum[:], key, message)
	return sum, err
}
