package message

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// maxDepositFile bounds what is read: room for some 100 000 deposits.
const maxDepositFile = 128 << 20

var depositKeys = []string{keyPublicKey, keyCredentials, keyAmount, keySignature, keyMessageRoot, keyDataRoot, keyForkVersion, keyNetwork, keyVersion}

// ParseDepositData reads a deposit data file. All nine members of an entry
// must be there, once, with their exact lengths, and the points must be valid;
// nothing may follow the array. Members that other tools have added are passed
// over, and each is reported once in the warnings. Roots and signatures are
// not checked: that is Verify's.
func ParseDepositData(data []byte) ([]DepositEntry, []string, error) {
	objects, err := jsontext.ParseList(data, maxDepositFile, "deposit")
	if err != nil {
		return nil, nil, fault.New(fault.Refused, "deposit data: %w", err)
	}
	if len(objects) == 0 {
		return nil, nil, fault.New(fault.Refused, "deposit data: want at least one deposit, found none")
	}
	entries := make([]DepositEntry, len(objects))
	var warnings []string
	for i, o := range objects {
		r := entryReader{o: o}
		entries[i] = r.entry()
		if r.err != nil {
			return nil, nil, fault.New(fault.Refused, "deposit data: %w", r.err)
		}
		warnings = unknown(warnings, "deposit data", o, depositKeys...)
	}
	return entries, warnings, nil
}

// entryReader reads the members of one entry and keeps the first error.
type entryReader struct {
	o   *jsontext.Object
	err error
}

func (r *entryReader) entry() DepositEntry {
	var e DepositEntry
	e.PublicKey = r.publicKey()
	r.bytes(keyCredentials, e.WithdrawalCredentials[:])
	e.Amount = beacon.Gwei(read(r, r.o.Uint, keyAmount))
	e.Signature = r.signature()
	r.bytes(keyMessageRoot, e.DepositMessageRoot[:])
	r.bytes(keyDataRoot, e.DepositDataRoot[:])
	r.bytes(keyForkVersion, e.ForkVersion[:])
	e.NetworkName = read(r, r.o.String, keyNetwork)
	e.DepositCLIVersion = read(r, r.o.String, keyVersion)
	return e
}

func read[T any](r *entryReader, get func(string) (T, error), key string) T {
	var zero T
	if r.err != nil {
		return zero
	}
	v, err := get(key)
	if err != nil {
		r.err = err
		return zero
	}
	return v
}

// bytes reads exactly 2*len(dst) hexadecimal digits.
func (r *entryReader) bytes(key string, dst []byte) {
	digits := read(r, r.o.String, key)
	switch {
	case r.err != nil:
	case strings.HasPrefix(digits, "0x"):
		r.err = fmt.Errorf("%s: starts with 0x, want hexadecimal digits alone", r.o.Path(key))
	case len(digits) != 2*len(dst):
		r.err = fmt.Errorf("%s: want %d hexadecimal digits, found %d characters", r.o.Path(key), 2*len(dst), len(digits))
	default:
		if _, err := hex.Decode(dst, []byte(digits)); err != nil {
			r.err = fmt.Errorf("%s: not hexadecimal", r.o.Path(key))
		}
	}
}

func (r *entryReader) publicKey() bls.PublicKey {
	var raw bls.PublicKey
	r.bytes(keyPublicKey, raw[:])
	return point(r, keyPublicKey, bls.PublicKeyFromBytes, raw[:])
}

func (r *entryReader) signature() bls.Signature {
	var raw bls.Signature
	r.bytes(keySignature, raw[:])
	return point(r, keySignature, bls.SignatureFromBytes, raw[:])
}

func point[T any](r *entryReader, key string, decode func([]byte) (T, error), raw []byte) T {
	var zero T
	if r.err != nil {
		return zero
	}
	v, err := decode(raw)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", r.o.Path(key), err)
		return zero
	}
	return v
}
