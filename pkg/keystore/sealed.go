package keystore

import (
	"encoding/hex"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/secret"
)

// MaxSealed is the largest secret that a Sealed may hold.
const MaxSealed = 32 << 20

// Sealed is the standard's crypto object around a secret of any size. Prysm
// keeps all keys of a wallet in one. It holds no secret in clear.
type Sealed struct {
	KDF        Params
	Checksum   [32]byte
	IV         [16]byte
	Ciphertext []byte
}

// Seal encrypts plain under k. Like Encrypt it takes an iv once only.
func (k *Key) Seal(plain []byte, iv [16]byte) (*Sealed, error) {
	if len(plain) == 0 || len(plain) > MaxSealed {
		return nil, refuse("a wallet cannot hold a secret of this size")
	}
	message, checksum, err := k.encrypt(plain, iv)
	if err != nil {
		return nil, err
	}
	return &Sealed{KDF: k.params, IV: iv, Ciphertext: message, Checksum: checksum}, nil
}

// Open returns the secret, or ErrWrongPassword.
func (s *Sealed) Open(k *Key) (*secret.Buffer, error) {
	if !s.KDF.Equal(k.params) {
		return nil, refuse("crypto.kdf: the key was derived with other parameters than this file's")
	}
	return k.open(s.Ciphertext, s.Checksum, s.IV)
}

// ParseSealed reads the crypto object of top, as strictly as Parse does.
func ParseSealed(top *jsontext.Object) (*Sealed, []string, error) {
	if err := checkVersion(top); err != nil {
		return nil, nil, err
	}
	p := &parser{}
	ks := &Keystore{}
	if crypto := p.object(top, "crypto"); crypto != nil {
		p.kdf(p.object(crypto, "kdf"), ks)
		p.checksum(p.object(crypto, "checksum"), ks)
		p.cipher(p.object(crypto, "cipher"), ks, MaxSealed)
	}
	if p.err != nil {
		return nil, nil, fault.New(fault.Refused, "%w", p.err)
	}
	return &Sealed{KDF: ks.KDF, Checksum: ks.Checksum, IV: ks.IV, Ciphertext: ks.Ciphertext}, p.warnings, nil
}

// Object returns the crypto object for encoding/json, whose maps come out in
// alphabetical order, as Prysm's do.
func (s *Sealed) Object() map[string]any {
	params := map[string]any{"dklen": dkLength, "salt": hex.EncodeToString(s.KDF.Salt)}
	if s.KDF.Function == Scrypt {
		params["n"], params["r"], params["p"] = s.KDF.N, s.KDF.R, s.KDF.P
	} else {
		params["c"], params["prf"] = s.KDF.C, "hmac-sha256"
	}
	return map[string]any{
		"kdf":      map[string]any{"function": s.KDF.Function, "params": params, "message": ""},
		"checksum": map[string]any{"function": "sha256", "params": map[string]any{}, "message": hex.EncodeToString(s.Checksum[:])},
		"cipher": map[string]any{
			"function": "aes-128-ctr", "params": map[string]any{"iv": hex.EncodeToString(s.IV[:])},
			"message": hex.EncodeToString(s.Ciphertext),
		},
	}
}
