package validator

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
)

// selectedKeys are some keys of another source, in an order of their own.
type selectedKeys struct {
	*OpenedKeystores
	order []int
}

// SelectKeys yields the keys of these public keys, in this order. It lives as
// long as opened does.
func SelectKeys(opened *OpenedKeystores, want []bls.PublicKey) (KeySource, error) {
	at := make(map[bls.PublicKey]int, opened.Len())
	for i := range opened.Len() {
		at[opened.PublicKey(i)] = i
	}
	s := &selectedKeys{OpenedKeystores: opened}
	for _, pk := range want {
		i, ok := at[pk]
		if !ok {
			return nil, fault.New(fault.Refused, "no keystore holds the key %s", pk).
				WithHint("is its keystore in another folder?")
		}
		s.order = append(s.order, i)
	}
	return s, nil
}

// Len is the number of keys that were selected.
func (s *selectedKeys) Len() int { return len(s.order) }

// Key decrypts key i. The caller closes it.
func (s *selectedKeys) Key(i int) (*bls.SecretKey, error) { return s.OpenedKeystores.Key(s.order[i]) }

// Label is the file of key i.
func (s *selectedKeys) Label(i int) string { return s.OpenedKeystores.Label(s.order[i]) }

// PublicKey is the public key of key i.
func (s *selectedKeys) PublicKey(i int) bls.PublicKey { return s.OpenedKeystores.PublicKey(s.order[i]) }
