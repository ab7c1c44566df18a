package keystore

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// MinPassword is how many code points a new password has at least, as typed
// and after processing.
const MinPassword = 12

// graphemeJoiner (U+034F) is what golang.org/x/text puts into a run of more
// than 30 combining marks (UAX #15, Stream-Safe Text Format).
var graphemeJoiner = []byte("\u034f")

// ProcessPassword applies the standard's "Password requirements": NFKD, then
// the control codes C0 (00-1F), DEL (7F) and C1 (80-9F) are stripped, then
// UTF-8. It leaves raw as it is.
func ProcessPassword(raw []byte) (*secret.Buffer, error) {
	if !utf8.Valid(raw) {
		return nil, fault.New(fault.Refused, "the keystore password is not UTF-8 text").
			WithHint("set the terminal or the editor that wrote the password to UTF-8; otherwise no other program could open the keystore")
	}
	out, err := secret.New(normalize(nil, raw))
	if err != nil {
		return nil, err
	}
	normalize(out.Bytes(), raw)
	if bytes.Count(out.Bytes(), graphemeJoiner) != bytes.Count(raw, graphemeJoiner) {
		out.Close()
		return nil, fault.New(fault.Refused, "the keystore password has more than 30 combining marks in a row").
			WithHint("programs differ in how they normalise such text; choose another password")
	}
	out.Truncate(stripControls(out.Bytes()))
	return out, nil
}

// normalize writes text in NFKD to dst as far as dst goes, and returns the
// length of it all. The iterator holds a character at a time and is cleared.
func normalize(dst, text []byte) (n int) { return normalizeTo(norm.NFKD, dst, text) }

func normalizeTo(form norm.Form, dst, text []byte) (n int) {
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	for it.Init(form, text); !it.Done(); {
		segment := it.Next()
		n += len(segment)
		dst = dst[copy(dst, segment):]
	}
	return n
}

// stripControls moves what is kept to the front of b, and returns its length.
func stripControls(b []byte) int {
	kept := b[:0]
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if !isControl(r) {
			kept = append(kept, b[i:i+size]...)
		}
		i += size
	}
	return len(kept)
}

func isControl(r rune) bool { return r < 0x20 || 0x7f <= r && r <= 0x9f }

// CheckNew refuses a password that is too short for a new keystore: as typed,
// which is what ethstaker-deposit-cli counts and what a person thinks of, or
// processed, which is what guards the key.
func CheckNew(typed []byte, processed *secret.Buffer) error {
	if min(utf8.RuneCount(typed), utf8.RuneCount(processed.Bytes())) >= MinPassword {
		return nil
	}
	return fault.New(fault.Refused, "the keystore password is too short: want at least %d characters", MinPassword).
		WithHint("characters are counted as typed and after normalisation; control characters such as backspace or tab do not count")
}
