package shamir

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Kind is what a secret is, and so what a restore does with it.
type Kind byte

// The kinds.
const (
	KindEntropy   Kind = iota + 1 // BIP-39 entropy, 16 to 32 bytes
	KindPassword                  // a keystore's password, UTF-8
	KindSecretKey                 // an EIP-2335 secret, 32 bytes, big-endian
	KindAge                       // an age X25519 identity, 32 bytes
	KindText                      // UTF-8
)

// String names the kind as a record and a page do.
func (k Kind) String() string {
	switch k {
	case KindEntropy:
		return "BIP-39 entropy"
	case KindPassword:
		return "password"
	case KindSecretKey:
		return "secret key"
	case KindAge:
		return "age identity"
	case KindText:
		return "text"
	}
	return "unknown kind"
}

// Secret is what is split and what comes back.
type Secret struct {
	Kind       Kind
	Language   mnemonic.Language // of entropy only
	Passphrase bool              // of entropy only: a BIP-39 passphrase exists
	Data       *secret.Buffer
}

// Close wipes the secret.
func (s *Secret) Close() {
	if s != nil {
		s.Data.Close()
	}
}

// The kind byte of a package: kind in the upper half, language in the lower.
const (
	codeEntropy    = 0x10
	codePassphrase = 0x20 // entropy, and a BIP-39 passphrase exists
	codePassword   = 0x30
	codeSecretKey  = 0x40
	codeAge        = 0x50
	codeText       = 0x60
)

// languages in the order of their numbers in the kind byte, which is frozen.
var languages = [...]mnemonic.Language{
	mnemonic.English, mnemonic.ChineseSimplified, mnemonic.ChineseTraditional, mnemonic.Czech, mnemonic.French,
	mnemonic.Italian, mnemonic.Japanese, mnemonic.Korean, mnemonic.Portuguese, mnemonic.Spanish,
}

var codes = map[Kind]byte{
	KindEntropy: codeEntropy, KindPassword: codePassword, KindSecretKey: codeSecretKey, KindAge: codeAge, KindText: codeText,
}

// code returns the kind byte.
func (s *Secret) code() (byte, error) {
	code, ok := codes[s.Kind]
	if !ok {
		return 0, fault.New(fault.Refused, "a secret of an unknown kind cannot be split")
	}
	if s.Kind != KindEntropy {
		if s.Language != "" || s.Passphrase {
			return 0, fault.New(fault.Refused, "a %s has no language and no BIP-39 passphrase", s.Kind)
		}
		return code, nil
	}
	if s.Passphrase {
		code = codePassphrase
	}
	for i, l := range languages {
		if l == s.Language {
			return code | byte(i), nil
		}
	}
	return 0, fault.New(fault.Refused, "BIP-39 entropy needs its language, and %q is none", string(s.Language))
}

// setCode reads the kind byte.
func (s *Secret) setCode(code byte) error {
	number := int(code & 0x0f)
	for kind, c := range codes {
		if code&0xf0 == c {
			s.Kind = kind
		}
	}
	if code&0xf0 == codePassphrase {
		s.Kind, s.Passphrase = KindEntropy, true
	}
	switch {
	case s.Kind == KindEntropy && number < len(languages):
		s.Language = languages[number]
	case s.Kind == 0 || number != 0:
		return fault.New(fault.Refused, "the sheets hold a kind of secret that this version does not know").
			WithHint("use a newer ethkey")
	}
	return nil
}
