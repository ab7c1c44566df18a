package derive

import (
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Derive walks path p down from the master key of seed.
func Derive(seed *secret.Buffer, p Path) (*bls.SecretKey, error) {
	master, err := MasterSK(seed)
	if err != nil {
		return nil, err
	}
	defer master.Close()
	return descend(master, p...)
}

// descend derives from sk, which stays open, along the indices.
func descend(sk *bls.SecretKey, indices ...uint32) (*bls.SecretKey, error) {
	b, err := sk.Bytes()
	if err != nil {
		return nil, err
	}
	defer b.Close()
	w, err := newWork()
	if err != nil {
		return nil, err
	}
	defer w.close()
	for _, index := range indices {
		w.deriveChildSK(b.Bytes(), b.Bytes(), index)
	}
	return bls.SecretKeyFromBytes(b)
}

// Tree derives the keys of many validators of one seed. It keeps the key at
// m/12381/3600, so that each costs two or three derivations. It may be used
// by several goroutines at a time.
type Tree struct{ coin *bls.SecretKey }

// NewTree derives m/12381/3600. The caller keeps the seed.
func NewTree(seed *secret.Buffer) (*Tree, error) {
	coin, err := Derive(seed, Path{Purpose, CoinType})
	if err != nil {
		return nil, err
	}
	return &Tree{coin: coin}, nil
}

// Withdrawal derives m/12381/3600/i/0.
func (t *Tree) Withdrawal(i uint32) (*bls.SecretKey, error) { return descend(t.coin, i, 0) }

// Signing derives m/12381/3600/i/0/0.
func (t *Tree) Signing(i uint32) (*bls.SecretKey, error) { return descend(t.coin, i, 0, 0) }

// Both derives the withdrawal key and, from it, the signing key: three
// derivations in place of five.
func (t *Tree) Both(i uint32) (withdrawal, signing *bls.SecretKey, err error) {
	if withdrawal, err = t.Withdrawal(i); err != nil {
		return nil, nil, err
	}
	if signing, err = descend(withdrawal, 0); err != nil {
		withdrawal.Close()
		return nil, nil, err
	}
	return withdrawal, signing, nil
}

// Close wipes what the tree keeps.
func (t *Tree) Close() {
	if t != nil {
		t.coin.Close()
	}
}
