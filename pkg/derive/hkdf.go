package derive

import (
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

const hashSize = 32 // of SHA-256, the H of EIP-2333

// work is the scratch of a derivation, all of it on one secret page.
type work struct {
	page      *secret.Buffer
	mac       *hmac.HMAC
	hash      *hmac.Hash // the HMAC's, and of every hash but the next
	outerHash *hmac.Hash // the running hash of lamport_PK
	prk       []byte     // HKDF: pseudorandom key, then the blocks of its output
	ikm       []byte     // IKM or not_IKM
	chunk     []byte     // SHA256(lamport[i])
	lamportPK []byte     // compressed_lamport_PK
	okm       []byte     // two blocks of HKDF-Expand
}

func newWork() (*work, error) {
	const f = hmac.SHA256
	page, err := secret.New(f.Room() + f.HashRoom() + 6*hashSize)
	if err != nil {
		return nil, err
	}
	rest := page.Bytes()
	take := func(n int) []byte {
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	mac := hmac.New(f, take(f.Room()))
	return &work{
		page:      page,
		mac:       mac,
		hash:      mac.Hash,
		outerHash: hmac.NewHash(f, take(f.HashRoom())),
		prk:       take(hashSize),
		ikm:       take(hashSize),
		chunk:     take(hashSize),
		lamportPK: take(hashSize),
		okm:       take(2 * hashSize),
	}, nil
}

// close wipes the page, and the chaining values that Go's SHA-256 still holds.
func (w *work) close() {
	w.mac.Close()
	w.outerHash.Close()
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
	w.mac.SetKey(salt)
	w.mac.Sum(w.prk, ikm...)
	w.mac.SetKey(w.prk)
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
		w.mac.Sum(t, previous, info, []byte{byte(i)})
		yield(t)
	}
}
