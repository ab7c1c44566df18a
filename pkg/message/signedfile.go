package message

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// The members that the files of signed messages share. As in the beacon API,
// bytes are hexadecimal with 0x and, but for deposit-cli's own keystore change,
// numbers stand in quotation marks.
const (
	keyMessage        = "message"
	keyEpoch          = "epoch"
	keyValidatorIndex = "validator_index"
	keyFromPublicKey  = "from_bls_pubkey"
	keyToAddress      = "to_execution_address"
	keyMetadata       = "metadata"
	keyGenesisRoot    = "genesis_validators_root"
)

func append0x(b []byte, key string, value []byte) []byte {
	b = append(appendKey(b, key), `"0x`...)
	return append(hex.AppendEncode(b, value), '"')
}

func appendQuotedUint(b []byte, key string, value uint64) []byte {
	b = append(appendKey(b, key), '"')
	return append(strconv.AppendUint(b, value, 10), '"')
}

// objectReader reads members of objects in the beacon API's manner and keeps
// the first error.
type objectReader struct{ err error }

func (r *objectReader) object(o *jsontext.Object, key string) *jsontext.Object {
	if r.err != nil {
		return nil
	}
	member, err := o.Object(key)
	r.err = err
	return member
}

func (r *objectReader) text(o *jsontext.Object, key string) string {
	if r.err != nil {
		return ""
	}
	s, err := o.String(key)
	r.err = err
	return s
}

// bytes reads 0x and exactly 2*len(dst) hexadecimal digits.
func (r *objectReader) bytes(o *jsontext.Object, key string, dst []byte) {
	text := r.text(o, key)
	if r.err != nil {
		return
	}
	digits, ok := strings.CutPrefix(text, "0x")
	switch {
	case !ok:
		r.err = fmt.Errorf("%s: want 0x in front", o.Path(key))
	case len(digits) != 2*len(dst):
		r.err = fmt.Errorf("%s: want %d hexadecimal digits after 0x, found %d characters", o.Path(key), 2*len(dst), len(digits))
	default:
		if _, err := hex.Decode(dst, []byte(digits)); err != nil {
			r.err = fmt.Errorf("%s: not hexadecimal", o.Path(key))
		}
	}
}

// quotedUint reads a whole number in quotation marks, without sign or leading
// zero.
func (r *objectReader) quotedUint(o *jsontext.Object, key string) uint64 {
	text := r.text(o, key)
	if r.err != nil {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != text {
		r.err = fmt.Errorf("%s: want a whole number of at most 64 bits in quotation marks, found %s", o.Path(key), jsontext.Show(text))
	}
	return n
}

func (r *objectReader) index(o *jsontext.Object) beacon.ValidatorIndex {
	return beacon.ValidatorIndex(r.quotedUint(o, keyValidatorIndex))
}

func (r *objectReader) publicKey(o *jsontext.Object, key string) bls.PublicKey {
	var raw bls.PublicKey
	r.bytes(o, key, raw[:])
	return decodePoint(r, o, key, bls.PublicKeyFromBytes, raw[:])
}

func (r *objectReader) signature(o *jsontext.Object) bls.Signature {
	var raw bls.Signature
	r.bytes(o, keySignature, raw[:])
	return decodePoint(r, o, keySignature, bls.SignatureFromBytes, raw[:])
}

func decodePoint[T any](r *objectReader, o *jsontext.Object, key string, decode func([]byte) (T, error), raw []byte) T {
	var zero T
	if r.err != nil {
		return zero
	}
	v, err := decode(raw)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", o.Path(key), err)
		return zero
	}
	return v
}

// maxUnknown is how many unknown members are reported: a file can have
// millions, each under another name.
const maxUnknown = 20

// unknown reports the first members of o that are not among known.
func unknown(warnings []string, kind string, o *jsontext.Object, known ...string) []string {
	for _, name := range o.Names() {
		if len(warnings) >= maxUnknown || slices.Contains(known, name) {
			continue
		}
		warning := fmt.Sprintf("%s: member %s is unknown and not checked", kind, jsontext.Show(name))
		if !slices.Contains(warnings, warning) {
			warnings = append(warnings, warning)
		}
	}
	return warnings
}
