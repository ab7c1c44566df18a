package keystore

import (
	"fmt"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
)

// The key derivation functions of the standard ("Modules", "KDF").
const (
	Scrypt = "scrypt"
	PBKDF2 = "pbkdf2"
)

// What the standard's test vectors and every tool since use.
const (
	defaultN = 1 << 18
	defaultR = 8
	defaultP = 1
	defaultC = 1 << 18
)

// What a file may ask of this machine. Each bound is checked before any
// memory is taken.
const (
	// MaxMemory is the most memory that the table of one scrypt may take:
	// 128*n*r bytes.
	MaxMemory = 1 << 30
	// maxBlocks bounds the rest, 128*r*(p+2) bytes: with a small n, r and p
	// alone could ask for gigabytes.
	maxBlocks = 1 << 20
	// MaxParallel is the highest scrypt p.
	MaxParallel = 64
	// MaxWork bounds n*r*p, and the iterations c: some twenty seconds.
	MaxWork = 1 << 26
)

// Below these, ethstaker-deposit-cli refuses a keystore; we read it and warn.
const (
	weakScrypt = 1 << 20
	weakPBKDF2 = 1 << 18
)

// saltLength is the length that we write, and dkLength the decryption key's.
const (
	saltLength = 32
	dkLength   = 32
)

// Params says how a password becomes a decryption key.
type Params struct {
	Function string // Scrypt or PBKDF2
	N, R, P  int    // scrypt's
	C        int    // PBKDF2's iterations of HMAC-SHA-256
	Salt     []byte
}

// DefaultScrypt returns scrypt at n=2^18, r=8, p=1: 256 MiB and some 0.6 s.
func DefaultScrypt(salt []byte) Params {
	return Params{Function: Scrypt, N: defaultN, R: defaultR, P: defaultP, Salt: salt}
}

// DefaultPBKDF2 returns PBKDF2 at 2^18 iterations of HMAC-SHA-256.
func DefaultPBKDF2(salt []byte) Params {
	return Params{Function: PBKDF2, C: defaultC, Salt: salt}
}

// Equal says whether p and o turn a password into the same key.
func (p Params) Equal(o Params) bool {
	return p.Function == o.Function && p.N == o.N && p.R == o.R && p.P == o.P && p.C == o.C &&
		slices.Equal(p.Salt, o.Salt)
}

// Memory returns how many bytes a derivation takes.
func (p Params) Memory() int {
	if p.Function == Scrypt {
		return 128 * p.R * (p.N + p.P + 2) // the table, p blocks, and two to work in
	}
	return 0
}

// Check refuses unknown functions and absurd cost. Its errors name the place
// in the file.
func (p Params) Check() error {
	if len(p.Salt) == 0 {
		return refuse("crypto.kdf.params.salt: empty, want at least one byte")
	}
	switch p.Function {
	case Scrypt:
		return p.checkScrypt()
	case PBKDF2:
		return p.checkPBKDF2()
	default:
		return refuse("crypto.kdf.function: want %q or %q, found %q", Scrypt, PBKDF2, p.Function)
	}
}

// checkScrypt divides instead of multiplying, so that nothing overflows.
func (p Params) checkScrypt() error {
	switch {
	case p.N < 2 || p.N&(p.N-1) != 0:
		return refuse("crypto.kdf.params.n: want a power of two greater than 1, found %d", p.N)
	case p.R < 1:
		return refuse("crypto.kdf.params.r: want at least 1, found %d", p.R)
	case p.P < 1 || p.P > MaxParallel:
		return refuse("crypto.kdf.params.p: want 1 to %d, found %d", MaxParallel, p.P)
	case p.N > MaxMemory/128/p.R:
		return refuse("crypto.kdf.params.n: n=%d with r=%d asks for more than 1 GiB of memory", p.N, p.R).WithHint(costHint)
	case p.R > maxBlocks/128/(p.P+2):
		return refuse("crypto.kdf.params.r: r=%d with p=%d asks for more than 1 MiB of blocks", p.R, p.P).WithHint(costHint)
	case p.N*p.R > MaxWork/p.P:
		return refuse("crypto.kdf.params.p: n=%d, r=%d, p=%d ask for more than 2^26 rounds", p.N, p.R, p.P).WithHint(costHint)
	}
	return nil
}

func (p Params) checkPBKDF2() error {
	switch {
	case p.C < 1:
		return refuse("crypto.kdf.params.c: want at least 1, found %d", p.C)
	case p.C > MaxWork:
		return refuse("crypto.kdf.params.c: c=%d asks for more than 2^26 iterations", p.C).WithHint(costHint)
	}
	return nil
}

const costHint = "tools write n=262144, r=8, p=1 or c=262144; a keystore that asks for far more is damaged or hostile"

// weakness names a cost at which guessing passwords is cheap, or returns "".
func (p Params) weakness() string {
	switch {
	case p.Function == Scrypt && p.N*p.R*p.P < weakScrypt:
		return fmt.Sprintf("crypto.kdf.params: scrypt n=%d, r=%d, p=%d is a weak cost (usual: n=262144, r=8, p=1); "+
			"whoever has the file can guess passwords quickly", p.N, p.R, p.P)
	case p.Function == PBKDF2 && p.C < weakPBKDF2:
		return fmt.Sprintf("crypto.kdf.params: pbkdf2 c=%d is a weak cost (usual: c=262144); "+
			"whoever has the file can guess passwords quickly", p.C)
	}
	return ""
}

func refuse(format string, args ...any) *fault.Error {
	return fault.New(fault.Refused, format, args...)
}
