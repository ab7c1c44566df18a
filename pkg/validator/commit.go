package validator

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
)

// commit reads every file back, proves that it does what it is for, and puts
// the set in place.
func (r *run) commit(ctx context.Context) (*Result, error) {
	if err := r.verifyDeposits(ctx); err != nil {
		return nil, err
	}
	if err := r.verifyKeystores(ctx); err != nil {
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
			r.keystoresText(),
			plural(len(r.made), "deposit") + ": public key, withdrawal credentials, amount, both roots and the signature",
		},
		Notes:        mediumNotes(report),
		WallsMissing: r.machine.WallsMissing,
	}, nil
}

// keystoresText says what was proven of the keystores.
func (r *run) keystoresText() string {
	one, holds := len(r.names) == 1, ", and each holds the secret key of the public key it names"
	open, with := " open", " with the password"
	if one {
		open, holds = " opens", ", and it holds the secret key of the public key it names"
	}
	if r.req.VerifyFromMemory {
		with = " with the key still in memory, without deriving it from the password again"
	}
	return plural(len(r.names), "keystore") + open + with + holds
}

// verifyKeystores opens every keystore as read back from the medium, with a
// key derived anew from the password unless the request says otherwise, and
// compares the public key of what is inside.
func (r *run) verifyKeystores(ctx context.Context) error {
	total := len(r.made)
	step := r.progress.counter(total, 2*total)
	return parallel(ctx, r.workers(), total, func(i int) error {
		if err := r.verifyKeystore(ctx, i); err != nil {
			return err
		}
		step()
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

func (r *run) verifyKeystore(ctx context.Context, i int) error {
	ks, err := r.readKeystore(i)
	if err != nil {
		return err
	}
	key, done, err := r.keyAgain(ctx, i, ks.Params())
	if err != nil {
		return err
	}
	defer done()
	got, err := openKey(ks, key)
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", r.names[i], err)
	}
	if want := r.made[i].PublicKey; got != want || string(ks.PublicKey) != string(want.Bytes()) {
		return fault.New(fault.Integrity, "%s, as read back, does not hold the key of its deposit", r.names[i])
	}
	return nil
}

// keyAgain returns the key that keystore i, which asks for p, must open with,
// and what to call after its use. Open refuses a key of other parameters than
// the keystore's.
func (r *run) keyAgain(ctx context.Context, i int, p keystore.Params) (key *keystore.Key, done func(), err error) {
	done = func() {}
	switch {
	case r.shared != nil && r.req.VerifyFromMemory:
		key, err = r.shared.first.wait()
	case r.shared != nil:
		key, err = r.shared.second.wait()
	case r.req.VerifyFromMemory:
		key = r.kept[i]
	default:
		if key, err = keystore.DeriveContext(ctx, r.password, p); err == nil {
			done = key.Close
		}
	}
	return key, done, err
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
// was made and asked for, and checks roots and signatures.
func (r *run) verifyDeposits(ctx context.Context) error {
	name := DepositDataName(r.unix)
	data, err := r.set.ReadBack(name)
	if err != nil {
		return err
	}
	if err := message.IsDepositData(data, r.made); err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", name, err)
	}
	err = parallel(ctx, r.machine.Workers, len(r.made), func(i int) error {
		index := uint32(r.req.StartIndex) + uint32(i)
		if err := r.checkAsked(r.made[i], index); err != nil {
			return fault.New(fault.Integrity, "%s, key index %d: %w", name, index, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return message.VerifyDeposits(r.made, r.req.Network.GenesisForkVersion, r.machine.Rand)
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
