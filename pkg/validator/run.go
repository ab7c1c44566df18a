package validator

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/secret"
)

// batch is how many keys are worked on before their files are written. It
// bounds memory, and keeps all workers busy between writes.
const batch = 256

// Result reports a finished run. It holds no secrets.
type Result struct {
	Network     string   `json:"network"`
	Rehearsal   bool     `json:"rehearsal"`
	Folder      string   `json:"folder"`
	Keystores   []string `json:"keystores"`
	DepositData string   `json:"deposit_data"`
	Verified    []string `json:"verified"`
	Notes       []string `json:"notes,omitempty"` // about the medium, and remains of earlier runs

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// draw is the randomness of one keystore.
type draw struct {
	salt []byte // nil when the run has one for all
	iv   [16]byte
	uuid [16]byte
}

// run is the state of one Run.
type run struct {
	*CreatePlan
	unix     int64
	progress Progress
	shared   *twice          // nil when each keystore has a salt of its own
	salts    map[string]bool // that keystores of this run have
	kept     []*keystore.Key // by keystore, where each has its own and is verified from memory
	set      *atomicfile.Set
	made     []message.DepositEntry
	names    []string
}

// Run makes the keystores and the deposit data, reads everything back,
// verifies it, and only then puts it in place. When it fails, or ctx ends,
// nothing is left.
func (p *CreatePlan) Run(ctx context.Context, progress Progress) (*Result, error) {
	fsys, err := p.machine.Open(p.req.Folder)
	if err != nil {
		return nil, err
	}
	set, err := atomicfile.Begin(fsys, KeysFolder)
	if err != nil {
		return nil, err
	}
	r := &run{CreatePlan: p, unix: p.machine.Now().Unix(), progress: progress, set: set, salts: map[string]bool{}}
	defer r.close()
	result, err := r.all(ctx)
	return result, ended(ctx, set, err)
}

// ended removes what is left of a set that was not committed, and returns err
// with the names of what could not be removed.
func ended(ctx context.Context, set *atomicfile.Set, err error) error {
	err = interrupted(ctx, err)
	if left := set.Abort(); err != nil && left != nil {
		err = fault.New(fault.KindOf(err), "%w; %s", err, left.Error()).
			WithHint("%s", strings.TrimPrefix(fault.HintOf(err)+"; "+fault.HintOf(left), "; "))
	}
	return err
}

// interrupted names the end of ctx where err says no more than that.
func interrupted(ctx context.Context, err error) error {
	if known := (*fault.Error)(nil); ctx.Err() != nil && err != nil && !errors.As(err, &known) {
		return fault.New(fault.Interrupted, "interrupted")
	}
	return err
}

// all makes, writes, verifies and commits.
func (r *run) all(ctx context.Context) (*Result, error) {
	if err := r.deriveShared(ctx); err != nil {
		return nil, err
	}
	if err := r.makeAll(ctx); err != nil {
		return nil, err
	}
	if err := r.set.Add(DepositDataName(r.unix), message.MarshalDepositData(r.made)); err != nil {
		return nil, err
	}
	return r.commit(ctx)
}

func (r *run) close() {
	r.shared.close()
	for _, key := range r.kept {
		key.Close()
	}
}

// oneSalt tells whether all keystores of the run share a salt, and so a key:
// scrypt keystores do since ethstaker-deposit-cli 1.3.0. Each has its own
// initialisation vector, without which sharing would leak.
func (p *CreatePlan) oneSalt() bool { return !p.req.PBKDF2 && !p.req.UniqueSalts }

// deriveShared begins to derive the one key, or makes sure that there is room
// to keep one for each keystore.
func (r *run) deriveShared(ctx context.Context) error {
	if !r.oneSalt() {
		if r.req.VerifyFromMemory {
			return secret.Reserve(int(r.req.Count) * keystore.KeySize)
		}
		return nil
	}
	salt, err := keystore.NewSalt(r.machine.Rand)
	if err != nil {
		return err
	}
	times := 2
	if r.req.VerifyFromMemory {
		times = 1
	}
	r.shared = deriveTwice(ctx, r.password, r.machine.params(false, salt), times)
	return nil
}

// workers is how many keystores are made, or opened, at a time.
func (p *CreatePlan) workers() int {
	if p.oneSalt() {
		return p.machine.Workers
	}
	return p.machine.kdfWorkers(p.machine.params(p.req.PBKDF2, nil))
}

// description is empty, as ethstaker-deposit-cli writes it, unless this is a rehearsal.
func (p *CreatePlan) description() string {
	if p.req.Network.IsRehearsal() {
		return rehearsalText
	}
	return ""
}

// rehearsalText describes a keystore that a rehearsal made.
const rehearsalText = "REHEARSAL"

// credentials are those of the address, or of the withdrawal key without one.
func (p *CreatePlan) credentials(withdrawal *bls.SecretKey) [32]byte {
	switch {
	case p.req.Address == nil:
		return message.BLSCredentials(withdrawal.PublicKey())
	case p.req.Compounding:
		return message.CompoundingCredentials(*p.req.Address)
	default:
		return message.ExecutionCredentials(*p.req.Address)
	}
}

// parallel calls do(0) to do(n-1) on at most workers goroutines and returns
// the first error; ctx ends it between calls.
func parallel(ctx context.Context, workers, n int, do func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	next := make(chan int)
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			for i := range next {
				if err := guarded(do, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

// guarded is do(i), with a panic made a fault: the value of one could be a
// secret, and the stack that Go prints is for nobody in the room.
func guarded(do func(i int) error, i int) (err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Integrity, "internal fault at number %d of the run; nothing was written", i).
				WithHint("this is a mistake in ethkey: please report what you did, without any secret")
		}
	}()
	return do(i)
}
