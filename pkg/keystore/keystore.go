package keystore

import (
	"encoding/hex"
	"strconv"

	"github.com/ethkey/ethkey/internal/jsontext"
)

const publicKeyLength = 48

// Keystore is the content of an EIP-2335 file. It holds no secret in clear.
type Keystore struct {
	KDF         Params
	Checksum    [32]byte
	IV          [16]byte
	Ciphertext  []byte
	Description string
	PublicKey   []byte // 48 bytes, or nil where the file names none
	Path        string // may be empty ("path" in the standard)
	UUID        string // as the file has it
}

// Params returns how the keystore's key is derived.
func (ks *Keystore) Params() Params { return ks.KDF }

// Marshal returns the bytes that ethstaker-deposit-cli 1.3.0 writes: its order
// of members, Python's separators and escapes, no line end. A keystore without
// a public key, which we read but never make, is written without that member.
func (ks *Keystore) Marshal() []byte {
	b := []byte(`{"crypto": {"kdf": `)
	b = ks.KDF.appendJSON(b)
	b = append(b, `, "checksum": {"function": "sha256", "params": {}, "message": "`...)
	b = hex.AppendEncode(b, ks.Checksum[:])
	b = append(b, `"}, "cipher": {"function": "aes-128-ctr", "params": {"iv": "`...)
	b = hex.AppendEncode(b, ks.IV[:])
	b = append(b, `"}, "message": "`...)
	b = hex.AppendEncode(b, ks.Ciphertext)
	b = append(b, `"}}, "description": `...)
	b = jsontext.AppendQuoted(b, ks.Description)
	if ks.PublicKey != nil {
		b = append(b, `, "pubkey": "`...)
		b = append(hex.AppendEncode(b, ks.PublicKey), '"')
	}
	b = append(b, `, "path": `...)
	b = jsontext.AppendQuoted(b, ks.Path)
	b = append(b, `, "uuid": `...)
	b = jsontext.AppendQuoted(b, ks.UUID)
	return append(b, `, "version": 4}`...)
}

func (p Params) appendJSON(b []byte) []byte {
	if p.Function == Scrypt {
		b = append(b, `{"function": "scrypt", "params": {"dklen": 32, "n": `...)
		b = strconv.AppendInt(b, int64(p.N), 10)
		b = append(b, `, "r": `...)
		b = strconv.AppendInt(b, int64(p.R), 10)
		b = append(b, `, "p": `...)
		b = strconv.AppendInt(b, int64(p.P), 10)
	} else {
		b = append(b, `{"function": "pbkdf2", "params": {"c": `...)
		b = strconv.AppendInt(b, int64(p.C), 10)
		b = append(b, `, "dklen": 32, "prf": "hmac-sha256"`...)
	}
	b = append(b, `, "salt": "`...)
	b = hex.AppendEncode(b, p.Salt)
	return append(b, `"}, "message": ""}`...)
}
