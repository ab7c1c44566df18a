package shamir

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

var errSkeleton = fault.New(fault.Refused, "pkg/shamir is being written")

// Split splits s. Set id and padding come from rand; vault/shamir draws the
// rest itself. The sheets are in order of group and number. The caller keeps s.
func Split(rand io.Reader, s Secret, sc Scheme, f Flags) ([]*Sheet, error) { return nil, errSkeleton }

// Parse reads the text of a sheet as a code holds it or a person types it: in
// either case, with spaces, dashes and line numbers, "?" for a character that
// cannot be read. Errors: *NotOursError, *VersionError, *LengthError,
// *DamageError (with the proposal, when there is one), and others for sheets
// that nobody should have made.
func Parse(text []byte) (*Sheet, error) { return nil, errSkeleton }

// Reissue makes a sheet again from others of its set: the same bytes when x is
// that of the lost sheet. See Sheet.X.
func Reissue(sheets []*Sheet, group, number int, x byte) (*Sheet, error) { return nil, errSkeleton }

// CheckExtra proves that more sheets of one group than are needed belong
// together, without computing the secret. Fewer are an error.
func CheckExtra(sheets []*Sheet) error { return errSkeleton }

// NewPassphrase makes a passphrase for a sheet: 100 random bits in five groups
// of four characters, with dashes.
func NewPassphrase(rand io.Reader) (*secret.Buffer, error) { return nil, errSkeleton }

// Protect returns the sheet encrypted with a passphrase that NewPassphrase
// made. The caller keeps both.
func Protect(ctx context.Context, s *Sheet, passphrase *secret.Buffer) (*Sheet, error) {
	return nil, errSkeleton
}

// Unprotect returns the sheet without its passphrase. Case, spaces and dashes
// of the passphrase do not matter.
func Unprotect(ctx context.Context, s *Sheet, passphrase *secret.Buffer) (*Sheet, error) {
	return nil, errSkeleton
}

// FormatAge returns an age identity as age writes it, AGE-SECRET-KEY-1 and so
// on, from the 32 bytes of a Secret of KindAge.
func FormatAge(data *secret.Buffer) (*secret.Buffer, error) { return nil, errSkeleton }

// ParseAge returns the 32 bytes of an age identity.
func ParseAge(text *secret.Buffer) (*secret.Buffer, error) { return nil, errSkeleton }

// Instructions are the lines for a sheet that say how to restore without
// ethkey, each of at most 100 ASCII characters. docs/recover-without-ethkey.md
// has the long form.
func Instructions(s *Sheet) []string { return nil }

func charsFor(body int) int { return headerChars + (8*body+4)/5 + 15 }

func (s *Sheet) encode(out []byte) {}
