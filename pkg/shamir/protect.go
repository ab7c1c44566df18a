package shamir

import (
	"context"
	"crypto/subtle"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/pkg/secret"
)

// A passphrase has 100 random bits, so that the cost of trying one matters
// little. This one takes 32 MiB and a tenth of a second.
const (
	passphraseChars = 20
	scryptN         = 1 << 15
	scryptR         = 8
	scryptP         = 1
	sealSize        = 16 // of the code that a protected body ends with
	sealKeySize     = 32
)

// NewPassphrase makes a passphrase for a sheet: 100 random bits in five groups
// of four characters, with dashes.
func NewPassphrase(rand io.Reader) (*secret.Buffer, error) {
	drawn, err := secret.New(passphraseChars)
	if err != nil {
		return nil, err
	}
	defer drawn.Close()
	if err := draw(rand, drawn.Bytes()); err != nil {
		return nil, err
	}
	text, err := secret.New(passphraseChars + passphraseChars/GroupChars - 1)
	if err != nil {
		return nil, err
	}
	out := text.Bytes()[:0]
	for i, b := range drawn.Bytes() {
		if i > 0 && i%GroupChars == 0 {
			out = append(out, '-')
		}
		out = append(out, alphabet[b&31])
	}
	return text, nil
}

// canonical reads a passphrase as a person writes it.
func canonical(passphrase *secret.Buffer) (*secret.Buffer, error) {
	text, err := secret.New(passphrase.Len())
	if err != nil {
		return nil, err
	}
	n := 0
	for _, c := range passphrase.Bytes() {
		if c == ' ' || c == '-' || c == '\n' || c == '\r' || c == '\t' {
			continue
		}
		if text.Bytes()[n] = upper(c); indexOf(upper(c)) < 0 {
			text.Close()
			return nil, fault.New(fault.Refused, "character %d is not one of those that passphrases of sheets have", n+1).
				WithHint("they have digits and letters, but no B, I, O and 1")
		}
		n++
	}
	if text.Truncate(n); n != passphraseChars {
		text.Close()
		return nil, fault.New(fault.Refused, "the passphrase of a sheet has %d characters, in groups of %d", passphraseChars, GroupChars)
	}
	return text, nil
}

// Protect returns the sheet encrypted with a passphrase that NewPassphrase
// made. The caller keeps both.
func Protect(ctx context.Context, s *Sheet, passphrase *secret.Buffer) (*Sheet, error) {
	if s.Protected() {
		return nil, fault.New(fault.Refused, "%s has a passphrase already", s.Name())
	}
	h := s.head
	h.flags |= Protected
	n := s.body.Len()
	body, err := secret.New(n + sealSize)
	if err != nil {
		return nil, err
	}
	secret.Copy(body.Bytes(), s.body.Bytes())
	err = withStream(ctx, h, passphrase, n, func(stream, key []byte) error {
		subtle.XORBytes(body.Bytes(), body.Bytes()[:n], stream)
		return sealBody(body.Bytes()[n:], h, key, body.Bytes()[:n])
	})
	if err != nil {
		body.Close()
		return nil, err
	}
	return &Sheet{head: h, body: body}, nil
}

// Unprotect returns the sheet without its passphrase. Case, spaces and dashes
// of the passphrase do not matter.
func Unprotect(ctx context.Context, s *Sheet, passphrase *secret.Buffer) (*Sheet, error) {
	if !s.Protected() {
		return nil, fault.New(fault.Refused, "%s has no passphrase", s.Name())
	}
	h := s.head
	h.flags &^= Protected
	n := s.body.Len() - sealSize
	body, err := partOf(s.body.Bytes()[:n])
	if err != nil {
		return nil, err
	}
	plain := &Sheet{head: h, body: body}
	err = withStream(ctx, s.head, passphrase, n, func(stream, key []byte) error {
		var expected [sealSize]byte
		if err := sealBody(expected[:], s.head, key, body.Bytes()); err != nil {
			return err
		}
		if subtle.ConstantTimeCompare(expected[:], s.body.Bytes()[n:]) != 1 {
			return fault.New(fault.Refused, "the passphrase is not that of %s of set %s", s.Name(), s.ID()).
				WithHint("it was written on the sheet by hand; each sheet has its own")
		}
		subtle.XORBytes(body.Bytes(), body.Bytes(), stream)
		return plain.checkPlace()
	})
	if err != nil {
		plain.Close()
		return nil, err
	}
	return plain, nil
}

// withStream derives what encrypts n bytes and the key of their code: scrypt
// over the passphrase, salted with the header as it is printed.
func withStream(ctx context.Context, h header, passphrase *secret.Buffer, n int, use func(stream, key []byte) error) error {
	text, err := canonical(passphrase)
	if err != nil {
		return err
	}
	defer text.Close()
	derived, err := kdf.Scrypt(ctx, text.Bytes(), h.text(), scryptN, scryptR, scryptP, n+sealKeySize)
	if err != nil {
		return err
	}
	defer derived.Close()
	return use(derived.Bytes()[:n], derived.Bytes()[n:])
}

// text is the header as it is printed.
func (h header) text() []byte {
	out := make([]byte, headerChars)
	h.putHeader(out)
	for i, v := range out {
		out[i] = alphabet[v]
	}
	return out
}

// sealBody puts the code of an encrypted body into out.
func sealBody(out []byte, h header, key, ciphertext []byte) error {
	return hmac.SHA256.Code(out, key, h.text(), ciphertext)
}
