package hmac

import "github.com/ethkey/ethkey/pkg/secret"

// Digest puts the first len(out) bytes of the message's digest into out, at
// most Size. It takes a secret page for itself; the error is that of having
// none.
func (f Function) Digest(out []byte, message ...[]byte) error {
	page, err := secret.New(f.HashRoom() + f.Size())
	if err != nil {
		return err
	}
	defer page.Close()
	room, sum := page.Bytes()[:f.HashRoom()], page.Bytes()[f.HashRoom():]
	h := NewHash(f, room)
	defer h.Close()
	for _, part := range message {
		h.Write(part)
	}
	h.Finish(sum)
	copy(out, sum)
	return nil
}

// Code puts the first len(out) bytes of the message's HMAC under key into out,
// as Digest does.
func (f Function) Code(out, key []byte, message ...[]byte) error {
	page, err := secret.New(f.Room() + f.Size())
	if err != nil {
		return err
	}
	defer page.Close()
	room, sum := page.Bytes()[:f.Room()], page.Bytes()[f.Room():]
	m := New(f, room)
	defer m.Close()
	m.SetKey(key)
	m.Sum(sum, message...)
	copy(out, sum)
	return nil
}
