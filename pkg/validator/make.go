package validator

import (
	"context"
	"sync"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
)

// ahead is how many validators may be made before the first of them is
// encrypted and written: as many as two cores make while the key of a run is
// derived. Their secret keys wait in 16 KiB of locked memory.
const ahead = 512

// made is one validator on its way: a worker fills in what takes time, and
// then it is encrypted and written when its turn comes.
type made struct {
	index uint32
	draw  draw

	entry  message.DepositEntry
	secret *bls.SecretKey
	own    *keystore.Key // nil where the run has one key for all
	err    error
	done   chan struct{} // closed when the worker is through with it
}

func (m *made) close() {
	m.secret.Close()
	if m.own != nil {
		m.own.Close()
	}
}

// makeAll makes all validators on all workers, and writes their keystores in
// the order of their indices while the next are being made.
func (r *run) makeAll(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work, line := make(chan *made), make(chan *made, ahead)
	var wg sync.WaitGroup
	defer wg.Wait()
	for range max(1, min(r.workers(), int(r.req.Count))) {
		wg.Go(func() {
			for m := range work {
				m.err = guarded(func(int) error { return r.make(ctx, m) }, int(m.index))
				close(m.done)
			}
		})
	}
	wg.Go(func() {
		defer close(work)
		defer close(line)
		if err := r.begin(ctx, line, work); err != nil {
			cancel(err)
		}
	})
	for m := range line {
		<-m.done
		if m.err == nil && ctx.Err() == nil {
			m.err = r.write(m)
		}
		if m.err != nil {
			cancel(m.err)
		}
		m.close()
	}
	return context.Cause(ctx)
}

// begin draws the randomness of the keystores one after the other, so that the
// same stream gives the same files on any number of workers, and hands each
// validator to the line first and then to a worker.
func (r *run) begin(ctx context.Context, line, work chan<- *made) error {
	for i := range r.req.Count {
		d, err := r.draw()
		if err != nil {
			return err
		}
		m := &made{index: uint32(r.req.StartIndex + i), draw: d, done: make(chan struct{})}
		select {
		case line <- m:
		case <-ctx.Done():
			return nil
		}
		select {
		case work <- m:
		case <-ctx.Done():
			m.err = context.Cause(ctx)
			close(m.done)
			return nil
		}
	}
	return nil
}

// draw takes the randomness of a keystore.
func (r *run) draw() (d draw, err error) {
	if !r.oneSalt() {
		if d.salt, err = keystore.NewSalt(r.machine.Rand); err != nil {
			return d, err
		}
		if r.salts[string(d.salt)] {
			return d, fault.New(fault.Integrity, "the random generator gave the same salt twice: it is broken").
				WithHint("make no keys on this machine")
		}
		r.salts[string(d.salt)] = true
	}
	if d.iv, err = keystore.NewIV(r.machine.Rand); err != nil {
		return d, err
	}
	d.uuid, err = keystore.NewUUID(r.machine.Rand)
	return d, err
}

// make derives and signs for one key index.
func (r *run) make(ctx context.Context, m *made) error {
	withdrawal, signing, err := r.keys(m.index)
	if err != nil {
		return err
	}
	defer withdrawal.Close()
	m.secret = signing
	m.entry = message.NewDepositEntry(signing, message.DepositMessage{
		PublicKey: signing.PublicKey(), WithdrawalCredentials: r.credentials(withdrawal), Amount: r.amount,
	}, r.req.Network.GenesisForkVersion, r.req.Network.Name, r.req.DepositCLIVersion)
	if r.shared == nil {
		m.own, err = keystore.DeriveContext(ctx, r.password, r.machine.params(r.req.PBKDF2, m.draw.salt))
	}
	return err
}

// write encrypts the key of a validator and writes its keystore.
func (r *run) write(m *made) error {
	text, err := r.encrypt(m)
	if err != nil {
		return err
	}
	name := KeystoreName(r.req.template().Path(m.index), r.unix)
	if err := r.set.Add(name, text); err != nil {
		return err
	}
	r.names = append(r.names, name)
	r.made = append(r.made, m.entry)
	if r.shared == nil && r.req.VerifyFromMemory {
		r.kept, m.own = append(r.kept, m.own), nil
	}
	r.progress.step(len(r.made), 2*int(r.req.Count))
	return nil
}

func (r *run) encrypt(m *made) ([]byte, error) {
	key := m.own
	if key == nil {
		var err error
		if key, err = r.shared.first.wait(); err != nil {
			return nil, err
		}
	}
	sk, err := m.secret.Bytes()
	if err != nil {
		return nil, err
	}
	defer sk.Close()
	ks, err := keystore.Encrypt(key, sk.Bytes(), m.draw.iv, m.entry.PublicKey.Bytes(),
		r.req.template().Path(m.index).String(), r.description(), m.draw.uuid)
	if err != nil {
		return nil, err
	}
	return ks.Marshal(), nil
}
