package derive

import (
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

// work is the scratch of a derivation, all of it on one secret page.
type work struct {
	page      *secret.Buffer
	hash      *hasher // every hash but the next
	outerHash *hasher // the running hash of lamport_PK
	inner     []byte  // HMAC: state after key ^ ipad
	outer     []byte  // HMAC: state after key ^ opad
	prk       []byte  // HKDF: pseudorandom key, then the blocks of its output
	ikm       []byte  // IKM or not_IKM
	chunk     []byte  // SHA256(lamport[i])
	lamportPK []byte  // compressed_lamport_PK
	okm       []byte  // two blocks of HKDF-Expand
}

func newWork() (*work, error) {
	page, err := secret.New(2*hasherSize + 2*stateSize + 6*hashSize)
	if err != nil {
		return nil, err
	}
	rest := page.Bytes()
	take := func(n int) []byte {
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	return &work{
		page:      page,
		hash:      newHasher(take(hasherSize)),
		outerHash: newHasher(take(hasherSize)),
		inner:     take(stateSize),
		outer:     take(stateSize),
		prk:       take(hashSize),
		ikm:       take(hashSize),
		chunk:     take(hashSize),
		lamportPK: take(hashSize),
		okm:       take(2 * hashSize),
	}, nil
}

// close wipes the page, and the chaining values that Go's SHA-256 still holds.
func (w *work) close() {
	w.hash.reset()
	w.outerHash.reset()
	w.page.Close()
}

// withWork makes a secret key of what f leaves in sk, 32 bytes, most
// significant first.
func withWork(f func(w *work, sk []byte)) (*bls.SecretKey, error) {
	w, err := newWork()
	if err != nil {
		return nil, err
	}
	defer w.close()
	sk, err := secret.New(bls.SecretKeySize)
	if err != nil {
		return nil, err
	}
	defer sk.Close()
	f(w, sk.Bytes())
	return bls.SecretKeyFromBytes(sk)
}

// extract is HKDF-Extract (RFC 5869, 2.2) of the parts of IKM, and makes PRK
// the key of the HMAC.
func (w *work) extract(salt []byte, ikm ...[]byte) {
	w.setKey(salt)
	w.hmac(w.prk, ikm...)
	w.setKey(w.prk)
}

// expand is HKDF-Expand (RFC 5869, 2.3) with the PRK of extract, handing on
// its blocks one by one:
//
//	T(i) = HMAC(PRK, T(i-1) | info | i), T(0) is empty
func (w *work) expand(info []byte, blocks int, yield func(block []byte)) {
	t := w.prk // no longer needed: it is the key now
	for i := 1; i <= blocks; i++ {
		previous := t
		if i == 1 {
			previous = nil
		}
		w.hmac(t, previous, info, []byte{byte(i)})
		yield(t)
	}
}

// setKey keys the HMAC (RFC 2104) with at most one block: both of its hashes
// are run over the padded key once, and resumed for each message.
func (w *work) setKey(key []byte) {
	w.hash.reset()
	w.hash.writePadded(key, 0x36)
	w.hash.save(w.inner)
	w.hash.reset()
	w.hash.writePadded(key, 0x5c)
	w.hash.save(w.outer)
}

// hmac sets out to the HMAC-SHA-256 of the message's parts; out may be one of
// them.
func (w *work) hmac(out []byte, message ...[]byte) {
	w.hash.resume(w.inner)
	for _, part := range message {
		w.hash.write(part)
	}
	w.hash.finish(out)
	w.hash.resume(w.outer)
	w.hash.write(out)
	w.hash.finish(out)
}
