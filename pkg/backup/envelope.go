package backup

import (
	"bytes"
	"errors"
	"io"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// MaxEnvelope is how much an envelope holds. What is larger is better encrypted
// by age itself, for the identity of an envelope.
const MaxEnvelope = 1 << 20

// maxSealed bounds what is read as an envelope: armor takes a third more, and
// lines, and the header a little.
const maxSealed = MaxEnvelope + MaxEnvelope/2 + 4096

// identitySize is the size of an X25519 scalar.
const identitySize = 32

// ErrEnvelope says that an identity does not open an envelope.
var ErrEnvelope = errors.New("the envelope is of another set, or damaged")

// NewIdentity draws the identity of an envelope. It is split, as a secret of
// shamir.KindAge, in the place of what does not fit on a sheet.
func NewIdentity(rand io.Reader) (*secret.Buffer, error) {
	scalar := make([]byte, identitySize)
	defer secret.Wipe(scalar)
	if _, err := io.ReadFull(rand, scalar); err != nil {
		return nil, fault.New(fault.Environment, "random bytes for the envelope: %w", err)
	}
	return secret.From(scalar)
}

// Seal encrypts contents so that the identity alone opens them: an age file,
// armored, which `age --decrypt --identity` opens as well. The envelope says
// nothing of the contents but their length, and without the sheets it is
// worthless: keep copies of it where you like.
func Seal(identity *secret.Buffer, contents []byte) ([]byte, error) {
	if len(contents) == 0 || len(contents) > MaxEnvelope {
		return nil, fault.New(fault.Refused, "an envelope holds from one byte to %d bytes", MaxEnvelope).
			WithHint("encrypt larger files with age, and split the identity")
	}
	id, err := ageIdentity(identity)
	if err != nil {
		return nil, err
	}
	var sealed bytes.Buffer
	lines := armor.NewWriter(&sealed)
	w, err := age.Encrypt(lines, id.Recipient())
	if err != nil {
		return nil, fault.New(fault.Environment, "the envelope: %w", err)
	}
	if _, err := w.Write(contents); err != nil {
		return nil, fault.New(fault.Integrity, "the envelope: %w", err)
	}
	if err := errors.Join(w.Close(), lines.Close()); err != nil {
		return nil, fault.New(fault.Integrity, "the envelope: %w", err)
	}
	return sealed.Bytes(), nil
}

// Open gives the contents of an envelope back. Wipe them after use.
func Open(identity *secret.Buffer, sealed []byte) ([]byte, error) {
	if len(sealed) > maxSealed {
		return nil, fault.New(fault.Refused, "the envelope is larger than any that ethkey makes").
			WithHint("open it with age, and the identity that a restore gives")
	}
	id, err := ageIdentity(identity)
	if err != nil {
		return nil, err
	}
	from := io.Reader(bytes.NewReader(sealed))
	if armored := bytes.TrimSpace(sealed); bytes.HasPrefix(armored, []byte(armor.Header)) {
		from = armor.NewReader(bytes.NewReader(armored))
	}
	r, err := age.Decrypt(from, id)
	if err != nil {
		return nil, fault.New(fault.Refused, "%w", ErrEnvelope).WithHint("the record names the set that an envelope belongs to")
	}
	return readContents(r)
}

// readContents reads into memory that is wiped when it is given up.
func readContents(r io.Reader) ([]byte, error) {
	room := make([]byte, MaxEnvelope+1)
	n, err := io.ReadFull(r, room)
	switch {
	case err == nil:
		secret.Wipe(room)
		return nil, fault.New(fault.Refused, "the envelope holds more than %d bytes", MaxEnvelope).
			WithHint("open it with age, and the identity that a restore gives")
	case !errors.Is(err, io.ErrUnexpectedEOF):
		secret.Wipe(room)
		return nil, fault.New(fault.Refused, "%w", ErrEnvelope).WithHint("use another copy of it")
	}
	return room[:n], nil
}

// ageIdentity gives the identity to age, which takes it as a string and keeps
// it on the heap.
func ageIdentity(identity *secret.Buffer) (*age.X25519Identity, error) {
	text, err := shamir.FormatAge(identity)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	id, err := age.ParseX25519Identity(string(text.Bytes()))
	if err != nil {
		return nil, fault.New(fault.Refused, "this is not an identity of age")
	}
	return id, nil
}
