package message

import (
	"encoding/hex"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

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
	return parseDepositData(data, true)
}

// IsDepositData checks that data is a deposit data file of these entries and
// nothing else. It reads as ParseDepositData does, but leaves it to Verify to
// check the points.
func IsDepositData(data []byte, want []DepositEntry) error {
	entries, warnings, err := parseDepositData(data, false)
	if err == nil && (len(warnings) > 0 || !slices.Equal(entries, want)) {
		err = fault.New(fault.Integrity, "it is not what was written")
	}
	return err
}

func parseDepositData(data []byte, points bool) ([]DepositEntry, []string, error) {
	objects, err := jsontext.ParseList(data, maxDepositFile, "deposit")
	if err != nil {
		return nil, nil, fault.New(fault.Refused, "deposit data: %w", err)
	}
	if len(objects) == 0 {
		return nil, nil, fault.New(fault.Refused, "deposit data: want at least one deposit, found none")
	}
	entries, errs := readEntries(objects, points)
	var warnings []string
	for i, o := range objects {
		if errs[i] != nil {
			return nil, nil, fault.New(fault.Refused, "deposit data: %w", errs[i])
		}
		warnings = unknown(warnings, "deposit data", o, depositKeys...)
	}
	return entries, warnings, nil
}

// readEntries reads on all cores: an entry has two points to decompress and to
// check.
func readEntries(objects []*jsontext.Object, points bool) ([]DepositEntry, []error) {
	entries, errs := make([]DepositEntry, len(objects)), make([]error, len(objects))
	var wg sync.WaitGroup
	cores := min(len(objects), runtime.GOMAXPROCS(0))
	for first := range cores {
		wg.Go(func() {
			for i := first; i < len(objects); i += cores {
				r := entryReader{o: objects[i], points: points}
				entries[i] = r.entry()
				errs[i] = r.err
			}
		})
	}
	wg.Wait()
	return entries, errs
}

// entryReader reads the members of one entry and keeps the first error.
type entryReader struct {
	o      *jsontext.Object
	points bool // check them
	err    error
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

func (r *entryReader) publicKey() (pk bls.PublicKey) {
	r.bytes(keyPublicKey, pk[:])
	checkPoint(r, keyPublicKey, bls.PublicKeyFromBytes, pk[:])
	return pk
}

func (r *entryReader) signature() (sig bls.Signature) {
	r.bytes(keySignature, sig[:])
	checkPoint(r, keySignature, bls.SignatureFromBytes, sig[:])
	return sig
}

func checkPoint[T any](r *entryReader, key string, decode func([]byte) (T, error), raw []byte) {
	if r.err != nil || !r.points {
		return
	}
	if _, err := decode(raw); err != nil {
		r.err = fmt.Errorf("%s: %w", r.o.Path(key), err)
	}
}
