package keystore

import (
	"encoding/hex"
	"fmt"
	"math"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
)

// MaxFile is the largest keystore file that is read.
const MaxFile = 1 << 20

// parser collects warnings and stops at the first fault.
type parser struct {
	warnings []string
	err      error
}

// Parse reads a keystore of any program. It takes what programs are known to
// leave out (description, pubkey, path, uuid, empty params) or add (name and
// other members), hexadecimal digits in any case and with 0x, and a cheap key
// derivation; what a person should hear about comes back as warnings. Another
// version, another function, a wrong length, an absurd cost, and members that
// stand twice are refused, named by their path in the file.
func Parse(data []byte) (*Keystore, []string, error) {
	top, err := jsontext.Parse(data, MaxFile)
	if err != nil {
		return nil, nil, fault.New(fault.Refused, "not a keystore: %w", err)
	}
	if err := checkVersion(top); err != nil {
		return nil, nil, err
	}
	p := &parser{}
	ks := &Keystore{}
	if crypto := p.object(top, "crypto"); crypto != nil {
		p.kdf(p.object(crypto, "kdf"), ks)
		p.checksum(p.object(crypto, "checksum"), ks)
		p.cipher(p.object(crypto, "cipher"), ks, maxSecret)
	}
	p.description(top, ks)
	if p.err != nil {
		return nil, nil, fault.New(fault.Refused, "%w", p.err)
	}
	return ks, p.warnings, nil
}

func checkVersion(top *jsontext.Object) error {
	version, err := top.Uint("version")
	if err == nil && version == 4 {
		return nil
	}
	if err != nil {
		return fault.New(fault.Refused, "not a keystore: %w", err).
			WithHint("a validator's keystore is an EIP-2335 file with \"version\": 4")
	}
	fail := refuse("version: want 4, found %d", version)
	if version == 3 {
		return fail.WithHint("version 3 is the wallet of an execution layer account, not a validator's keystore")
	}
	return fail
}

func (p *parser) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *parser) warn(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// object returns a member that must be there, or nil after a fault.
func (p *parser) object(o *jsontext.Object, name string) *jsontext.Object {
	if o == nil {
		return nil
	}
	member, err := o.Object(name)
	if err != nil {
		p.fail(err)
		return nil
	}
	return member
}

// function checks that a module's function is one of want, and returns it.
func (p *parser) function(module *jsontext.Object, want ...string) string {
	if module == nil {
		return ""
	}
	found, err := module.String("function")
	if err != nil {
		p.fail(err)
		return ""
	}
	for _, w := range want {
		if found == w {
			return w
		}
	}
	p.fail(fmt.Errorf("%s: want \"%s\", found %s", module.Path("function"), strings.Join(want, `" or "`), jsontext.Show(found)))
	return ""
}

func (p *parser) kdf(module *jsontext.Object, ks *Keystore) {
	ks.KDF.Function = p.function(module, Scrypt, PBKDF2)
	params := p.object(module, "params")
	if params == nil || p.err != nil {
		return
	}
	if ks.KDF.Function == Scrypt {
		ks.KDF.N, ks.KDF.R, ks.KDF.P = p.cost(params, "n"), p.cost(params, "r"), p.cost(params, "p")
	} else {
		ks.KDF.C = p.cost(params, "c")
		p.prf(params)
	}
	p.dklen(params)
	ks.KDF.Salt = p.hex(params, "salt")
	if p.err == nil {
		p.fail(ks.KDF.Check())
	}
	if weakness := ks.KDF.weakness(); p.err == nil && weakness != "" {
		p.warn("%s", weakness)
	}
	if n := len(ks.KDF.Salt); n != saltLength {
		p.warn("%s: %d bytes, usual are %d", params.Path("salt"), n, saltLength)
	}
}

// cost reads a number that fits an int of any machine; Params.Check bounds it
// further.
func (p *parser) cost(params *jsontext.Object, name string) int {
	n, err := params.Uint(name)
	if err != nil {
		p.fail(err)
	} else if n > math.MaxInt32 {
		p.fail(refuse("%s: %d is beyond any use", params.Path(name), n).WithHint(costHint))
	}
	return int(min(n, math.MaxInt32))
}

func (p *parser) prf(params *jsontext.Object) {
	prf, err := params.String("prf")
	if err != nil {
		p.fail(err)
	} else if prf != "hmac-sha256" {
		p.fail(fmt.Errorf("%s: want \"hmac-sha256\", found %s", params.Path("prf"), jsontext.Show(prf)))
	}
}

// dklen may be larger than 32: both functions then begin with the same 32
// bytes, and the standard uses no more.
func (p *parser) dklen(params *jsontext.Object) {
	n, err := params.Uint("dklen")
	switch {
	case err != nil:
		p.fail(err)
	case n < dkLength:
		p.fail(fmt.Errorf("%s: want %d, found %d", params.Path("dklen"), dkLength, n))
	case n > dkLength:
		p.warn("%s: found %d, of which the standard uses the first %d", params.Path("dklen"), n, dkLength)
	}
}

func (p *parser) checksum(module *jsontext.Object, ks *Keystore) {
	p.function(module, "sha256")
	p.exact(module, "message", ks.Checksum[:])
}

func (p *parser) cipher(module *jsontext.Object, ks *Keystore, most int) {
	p.function(module, "aes-128-ctr")
	p.exact(p.object(module, "params"), "iv", ks.IV[:])
	ks.Ciphertext = p.hex(module, "message")
	if n := len(ks.Ciphertext); p.err == nil && (n == 0 || n > most) {
		p.fail(fmt.Errorf("%s: want 1 to %d bytes, found %d", module.Path("message"), most, n))
	}
}

// hex reads hexadecimal digits in any case, with or without 0x.
func (p *parser) hex(o *jsontext.Object, name string) []byte {
	if o == nil || p.err != nil {
		return nil
	}
	text, err := o.String(name)
	if err != nil {
		p.fail(err)
		return nil
	}
	b, err := hex.DecodeString(trimHexPrefix(text))
	if err != nil {
		p.fail(fmt.Errorf("%s: want hexadecimal digits, found %s", o.Path(name), jsontext.Show(text)))
	}
	return b
}

func trimHexPrefix(s string) string {
	if strings.HasPrefix(s, "0X") {
		return s[2:]
	}
	return strings.TrimPrefix(s, "0x")
}

// exact reads len(dst) bytes of hexadecimal digits.
func (p *parser) exact(o *jsontext.Object, name string, dst []byte) {
	b := p.hex(o, name)
	if p.err == nil && len(b) != len(dst) {
		p.fail(fmt.Errorf("%s: want %d bytes in hexadecimal, found %d", o.Path(name), len(dst), len(b)))
	}
	copy(dst, b)
}

// description reads the members beside crypto, none of which decides what
// the secret is.
func (p *parser) description(top *jsontext.Object, ks *Keystore) {
	ks.Description = p.text(top, "description")
	ks.Path = p.text(top, "path")
	ks.UUID = p.text(top, "uuid")
	if !uuidForm.MatchString(ks.UUID) {
		p.warn("uuid: missing or not of the usual form")
	}
	if p.text(top, "pubkey") == "" {
		p.warn("pubkey: missing; which validator this is shows only after decryption")
		return
	}
	ks.PublicKey = make([]byte, publicKeyLength)
	p.exact(top, "pubkey", ks.PublicKey)
}

// text reads a string that may be missing or null.
func (p *parser) text(o *jsontext.Object, name string) string {
	if !o.Has(name) || o.IsNull(name) {
		return ""
	}
	s, err := o.String(name)
	if err != nil {
		p.fail(err)
	}
	return s
}
