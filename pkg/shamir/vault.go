package shamir

import (
	vault "github.com/hashicorp/vault/shamir"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// splitBytes makes n shares of which any t restore b. What vault returns is
// moved into secret memory; its polynomials stay on the heap, out of reach.
func splitBytes(b []byte, n, t int) ([]*secret.Buffer, error) {
	parts, err := vault.Split(b, n, t)
	defer func() {
		for _, p := range parts {
			secret.Wipe(p)
		}
	}()
	if err != nil {
		return nil, fault.New(fault.Environment, "splitting failed: %w", err)
	}
	shares := make([]*secret.Buffer, 0, n)
	for _, p := range parts {
		share, err := secret.From(p)
		if err != nil {
			closeAll(shares)
			return nil, err
		}
		shares = append(shares, share)
	}
	return shares, nil
}

func closeAll(buffers []*secret.Buffer) {
	for _, b := range buffers {
		b.Close()
	}
}

// place is the x of a share, its last byte.
func place(share *secret.Buffer) byte { return share.Bytes()[share.Len()-1] }

// valueAt returns f(x) of the polynomials through shares, whose places are
// distinct; x = 0 is the secret. vault's Combine gives f(0) only, but of shares
// with x subtracted from each place it is f(x) that it gives.
func valueAt(shares []*secret.Buffer, x byte) (*secret.Buffer, error) {
	parts := make([][]byte, len(shares))
	for i, s := range shares {
		if place(s) == x {
			return partOf(s.Bytes()[:s.Len()-1])
		}
		moved, err := s.Clone()
		if err != nil {
			return nil, err
		}
		defer moved.Close()
		moved.Bytes()[moved.Len()-1] ^= x
		parts[i] = moved.Bytes()
	}
	value, err := vault.Combine(parts)
	if err != nil {
		return nil, fault.New(fault.Refused, "the shares do not combine: %w", err)
	}
	return secret.From(value)
}

// partOf copies b into a buffer of its own.
func partOf(b []byte) (*secret.Buffer, error) {
	part, err := secret.New(len(b))
	if err != nil {
		return nil, err
	}
	secret.Copy(part.Bytes(), b)
	return part, nil
}

// shareAt returns the share at x: the value there, then x.
func shareAt(shares []*secret.Buffer, x byte) (*secret.Buffer, error) {
	value, err := valueAt(shares, x)
	if err != nil {
		return nil, err
	}
	defer value.Close()
	share, err := secret.New(value.Len() + 1)
	if err != nil {
		return nil, err
	}
	secret.Copy(share.Bytes(), value.Bytes())
	share.Bytes()[value.Len()] = x
	return share, nil
}
