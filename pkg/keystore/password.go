package keystore

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/normal"
	"github.com/ethkey/ethkey/pkg/secret"
)

// MinPassword is how many code points a new password has at least, as typed
// and after processing.
const MinPassword = 12

// ProcessPassword applies the standard's "Password requirements": NFKD, then
// the control codes C0 (00-1F), DEL (7F) and C1 (80-9F) are stripped, then
// UTF-8. It leaves raw as it is.
func ProcessPassword(raw []byte) (*secret.Buffer, error) {
	if !utf8.Valid(raw) {
		return nil, fault.New(fault.Refused, "the keystore password is not UTF-8 text").
			WithHint("set the terminal or the editor that wrote the password to UTF-8; otherwise no other program could open the keystore")
	}
	out, err := normal.Text(norm.NFKD, "", raw)
	if err != nil {
		return nil, err
	}
	if normal.Joined(out.Bytes(), raw) {
		out.Close()
		return nil, fault.New(fault.Refused, "the keystore password has more than 30 combining marks in a row").
			WithHint("programs differ in how they normalise such text; choose another password")
	}
	out.Truncate(stripControls(out.Bytes()))
	return out, nil
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
