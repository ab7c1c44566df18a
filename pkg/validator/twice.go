package validator

import (
	"context"

	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// twice is the key of all keystores of a run, derived in the background while
// validators are made: once to encrypt with, and then anew, to open with what
// was read back. One follows the other, for each takes 256 MiB.
type twice struct {
	cancel context.CancelFunc
	first  derivation
	second derivation
}

// derivation is a key to come.
type derivation struct {
	done chan struct{}
	key  *keystore.Key
	err  error
}

// deriveTwice starts with the first of n derivations, 1 or 2. The password must
// stay until close has returned.
func deriveTwice(ctx context.Context, password *secret.Buffer, p keystore.Params, n int) *twice {
	ctx, cancel := context.WithCancel(ctx)
	t := &twice{cancel: cancel, first: derivation{done: make(chan struct{})}, second: derivation{done: make(chan struct{})}}
	go func() {
		t.first.run(ctx, password, p)
		if n > 1 && t.first.err == nil {
			t.second.run(ctx, password, p)
		} else {
			close(t.second.done)
		}
	}()
	return t
}

func (d *derivation) run(ctx context.Context, password *secret.Buffer, p keystore.Params) {
	defer close(d.done)
	d.err = guarded(func(int) (err error) {
		d.key, err = keystore.DeriveContext(ctx, password, p)
		return err
	}, 0)
}

// wait returns the key, which stays the twice's.
func (d *derivation) wait() (*keystore.Key, error) {
	<-d.done
	return d.key, d.err
}

// close ends what still runs and wipes both keys.
func (t *twice) close() {
	if t == nil {
		return
	}
	t.cancel()
	<-t.first.done
	<-t.second.done
	for _, d := range []derivation{t.first, t.second} {
		if d.key != nil {
			d.key.Close()
		}
	}
}
