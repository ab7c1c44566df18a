package hmac

import "github.com/ethkey/ethkey/pkg/secret"

// HMAC is keyed hashing of secrets with secrets.
type HMAC struct {
	Hash  *Hash  // may be used for other messages between two of the HMAC's
	inner []byte // on the page: the state after key ^ ipad
	outer []byte // on the page: the state after key ^ opad
	key   []byte // on the page: the digest of a key longer than a block
}

// Room returns how many bytes New wants.
func (f Function) Room() int { return f.HashRoom() + 2*f.stateSize() + f.Size() }

// New makes an HMAC without a key that works on room, Room bytes of the
// caller's secret memory.
func New(f Function, room []byte) *HMAC {
	take := func(n int) []byte {
		part := room[:n:n]
		room = room[n:]
		return part
	}
	return &HMAC{
		Hash:  NewHash(f, take(f.HashRoom())),
		inner: take(f.stateSize()),
		outer: take(f.stateSize()),
		key:   take(f.Size()),
	}
}

// SetKey keys the HMAC: its hash is run over the two padded keys once, and
// resumed for each message. A key longer than a block is hashed (RFC 2104, 2).
func (m *HMAC) SetKey(key []byte) {
	if len(key) > len(m.Hash.block) {
		m.Hash.Sum(m.key, key)
		key = m.key
	}
	m.Hash.Reset()
	m.Hash.writePadded(key, 0x36)
	m.Hash.save(m.inner)
	m.Hash.Reset()
	m.Hash.writePadded(key, 0x5c)
	m.Hash.save(m.outer)
	secret.Wipe(nil) // the registers: the messages may be short, and leave most of the key in them
}

// Sum puts the code of the message's parts into out, which may be one of them.
func (m *HMAC) Sum(out []byte, message ...[]byte) {
	m.Hash.resume(m.inner)
	for _, part := range message {
		m.Hash.Write(part)
	}
	m.Hash.Finish(out)
	m.Hash.resume(m.outer)
	m.Hash.Write(out)
	m.Hash.Finish(out)
}

// Close is the hash's Close.
func (m *HMAC) Close() { m.Hash.Close() }
