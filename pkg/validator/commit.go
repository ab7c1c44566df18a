package validator

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
)

// commit reads every file back, proves that it does what it is for, and puts
// the set in place.
func (r *run) commit(ctx context.Context, progress Progress) (*Result, error) {
	if err := r.verifyKeystores(ctx, progress); err != nil {
		return nil, err
	}
	if err := r.verifyDeposits(); err != nil {
		return nil, err
	}
	report, err := r.set.Commit(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &Result{
		Network:     r.req.Network.Name,
		Rehearsal:   r.req.Network.IsRehearsal(),
		Folder:      report.Folder,
		Keystores:   r.names,
		DepositData: DepositDataName(r.unix),
		Verified: []string{
			fmt.Sprintf("%d keystores open with the password, and each holds the secret key of the public key it names", len(r.names)),
			fmt.Sprintf("%d deposits: public key, withdrawal credentials, amount, both roots and the signature", len(r.made)),
		},
		Notes:        mediumNotes(report),
		WallsMissing: r.machine.WallsMissing,
	}, nil
}

// verifyKeystores opens every keystore as read back from the medium, with a
// key derived anew from the password, and compares the public key of what is
// inside.
func (r *run) verifyKeystores(ctx context.Context, progress Progress) error {
	var shared *keystore.Key
	if r.oneSalt() {
		first, err := r.readKeystore(0)
		if err != nil {
			return err
		}
		if shared, err = keystore.Derive(r.password, first.Params()); err != nil {
			return err
		}
		defer shared.Close()
	}
	var done atomic.Int64
	total := len(r.made)
	return parallel(ctx, r.workers(), total, func(i int) error {
		if err := r.verifyKeystore(i, shared); err != nil {
			return err
		}
		if n := int(done.Add(1)); n%batch == 0 || n == total {
			progress.step(total+n, 2*total)
		}
		return nil
	})
}

func (r *run) readKeystore(i int) (*keystore.Keystore, error) {
	data, err := r.set.ReadBack(r.names[i])
	if err != nil {
		return nil, err
	}
	ks, warnings, err := keystore.Parse(data)
	if err == nil && len(warnings) > 0 && r.machine.KDF == nil {
		err = fault.New(fault.Integrity, "%s: %s", r.names[i], warnings[0])
	}
	return ks, err
}

func (r *run) verifyKeystore(i int, shared *keystore.Key) error {
	ks, err := r.readKeystore(i)
	if err != nil {
		return err
	}
	key := shared
	if key == nil {
		if key, err = keystore.Derive(r.password, ks.Params()); err != nil {
			return err
		}
		defer key.Close()
	}
	got, err := openKey(ks, key)
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", r.names[i], err)
	}
	if want := r.made[i].PublicKey; got != want || string(ks.PublicKey) != string(want.Bytes()) {
		return fault.New(fault.Integrity, "%s, as read back, does not hold the key of its deposit", r.names[i])
	}
	return nil
}

// openKey returns the public key of the secret key in ks.
func openKey(ks *keystore.Keystore, key *keystore.Key) (bls.PublicKey, error) {
	plain, err := ks.Open(key)
	if err != nil {
		return bls.PublicKey{}, err
	}
	defer plain.Close()
	sk, err := bls.SecretKeyFromBytes(plain)
	if err != nil {
		return bls.PublicKey{}, err
	}
	defer sk.Close()
	return sk.PublicKey(), nil
}

// verifyDeposits reads the deposit data back, compares every entry with what
// was asked for, and checks roots and signatures.
func (r *run) verifyDeposits() error {
	name := DepositDataName(r.unix)
	data, err := r.set.ReadBack(name)
	if err != nil {
		return err
	}
	entries, _, err := message.ParseDepositData(data)
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", name, err)
	}
	if !slices.Equal(entries, r.made) {
		return fault.New(fault.Integrity, "%s, as read back, is not what was written", name)
	}
	for i, e := range entries {
		index := uint32(r.req.StartIndex) + uint32(i)
		if err := r.checkAsked(e, index); err != nil {
			return fault.New(fault.Integrity, "%s, key index %d: %w", name, index, err)
		}
	}
	return message.VerifyDeposits(entries, r.req.Network.GenesisForkVersion, r.machine.Rand)
}

// checkAsked compares a deposit with the request: the credentials by their
// bytes, not by the function that made them.
func (r *run) checkAsked(e message.DepositEntry, index uint32) error {
	want, err := r.asked(index)
	if err != nil {
		return err
	}
	if e.WithdrawalCredentials != want {
		return errors.New("withdrawal credentials are not the ones asked for")
	}
	if e.Amount != r.amount || e.NetworkName != r.req.Network.Name {
		return errors.New("amount or network is not the one asked for")
	}
	return nil
}

// asked are the credentials of the request, byte by byte: 00 and the hash of
// the withdrawal key without its first byte, or 01 or 02, 11 zeros and the
// address.
func (r *run) asked(index uint32) (c [32]byte, err error) {
	if r.req.Address != nil {
		c[0] = 0x01
		if r.req.Compounding {
			c[0] = 0x02
		}
		copy(c[12:], r.req.Address[:])
		return c, nil
	}
	withdrawal, err := r.tree.Withdrawal(index)
	if err != nil {
		return c, err
	}
	defer withdrawal.Close()
	sum := sha256.Sum256(withdrawal.PublicKey().Bytes())
	copy(c[1:], sum[1:])
	return c, nil
}
