package bolt

import (
	"context"
	"runtime"
	"runtime/debug"

	"go.etcd.io/bbolt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// request is what a caller wants changed. The change sees all requests before
// it, committed or not, and is dropped whole when it fails.
type request struct {
	ctx    context.Context
	change func(*draft) error
	done   chan error
}

// draft is the store as it will be after the next commit. A request's own draft
// lies over the batch's.
type draft struct {
	store   *Store
	below   *draft // nil for the batch
	records map[slashingdb.PublicKey]*slashingdb.Record
	state   *state // nil: unchanged
}

// get returns the record of a key, or nil.
func (d *draft) get(key slashingdb.PublicKey) *slashingdb.Record {
	for at := d; at != nil; at = at.below {
		if r, ok := at.records[key]; ok {
			return r
		}
	}
	// Who writes alone changes what is durable, and the draft is the writer's.
	if r, ok := d.store.records[key]; ok {
		return &r
	}
	return nil
}

// put sets the record of a key. One that does not change is not written.
func (d *draft) put(r slashingdb.Record) {
	if old := d.get(r.Key); old == nil || *old != r {
		d.records[r.Key] = &r
	}
}

// current returns the state as the draft has it.
func (d *draft) current() state {
	for at := d; at != nil; at = at.below {
		if at.state != nil {
			return *at.state
		}
	}
	return d.store.state
}

// keys returns every key that has a record.
func (d *draft) keys() []slashingdb.PublicKey {
	seen := map[slashingdb.PublicKey]bool{}
	var all []slashingdb.PublicKey
	for at := d; at != nil; at = at.below {
		for key := range at.records {
			if !seen[key] {
				seen[key] = true
				all = append(all, key)
			}
		}
	}
	for key := range d.store.records {
		if !seen[key] {
			all = append(all, key)
		}
	}
	return slashingdb.SortKeys(all)
}

func (d *draft) empty() bool { return len(d.records) == 0 && d.state == nil }

// submit puts a change into the queue and waits until it is durable. Whoever
// finds nobody writing writes for all that wait, so that one caller alone pays
// for no change of goroutine. When the context ends first, the change may be
// made all the same.
func (s *Store) submit(ctx context.Context, change func(*draft) error) error {
	if s.db == nil {
		return fault.New(fault.Refused, "store %s is open to be read only", s.path)
	}
	r := &request{ctx: ctx, change: change, done: make(chan error, 1)}
	s.queue.Lock()
	s.waiting = append(s.waiting, r)
	s.queue.Unlock()
	select {
	case s.turn <- struct{}{}:
		s.write()
		<-s.turn
		return <-r.done
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-s.closing:
		return s.failure()
	}
}

// failure is why the store takes nothing more: it died, or was closed.
func (s *Store) failure() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return s.dead
	}
	f := fault.New(fault.Refused, "store %s is closed", s.path)
	f.Err = slashingdb.ErrClosed
	return f
}

// write serves all that wait. The caller has the turn.
func (s *Store) write() {
	// Those who were just answered come back at once: they are let in as long
	// as they come.
	for before, now := -1, 0; now > before; {
		runtime.Gosched()
		before, now = now, s.length()
	}
	s.queue.Lock()
	batch := s.waiting
	s.waiting = nil
	s.queue.Unlock()
	s.serve(batch)
}

func (s *Store) length() int {
	s.queue.Lock()
	defer s.queue.Unlock()
	return len(s.waiting)
}

// serve makes the changes of a batch, commits them together, and answers. Also
// a refusal waits for the commit, and a repeat: it may rest on a record that is
// not durable yet.
func (s *Store) serve(batch []*request) {
	all := &draft{store: s, records: map[slashingdb.PublicKey]*slashingdb.Record{}}
	answers := make([]error, len(batch))
	for i, r := range batch {
		answers[i] = s.try(all, r)
	}
	if err := s.commit(all); err != nil {
		for i := range answers {
			answers[i] = err
		}
	}
	for i, r := range batch {
		r.done <- answers[i]
	}
}

// try makes one change; what fails leaves the batch as it was.
func (s *Store) try(all *draft, r *request) error {
	if s.dead != nil {
		return s.dead
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	own := &draft{store: s, below: all, records: map[slashingdb.PublicKey]*slashingdb.Record{}}
	if _, err := guarded(func() (struct{}, error) { return struct{}{}, r.change(own) }); err != nil {
		return err
	}
	for key, record := range own.records {
		all.records[key] = record
	}
	if own.state != nil {
		all.state = own.state
	}
	return nil
}

// commit makes a draft durable. A failure is the end of the store.
func (s *Store) commit(d *draft) error {
	if s.dead != nil || d.empty() {
		return s.dead
	}
	next, values := s.next(d)
	_, err := guarded(func() (struct{}, error) {
		// A page that the medium does not give back is a fault of memory; it is
		// to be an error.
		defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
		return struct{}{}, s.db.Update(func(tx *bbolt.Tx) error { return putAll(tx, next, values) })
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.dead = fatal(s.path, err)
		return s.dead
	}
	for key, record := range d.records {
		s.records[key] = *record
	}
	s.state = next
	return nil
}

// next returns the state after a commit, and what is to be written.
func (s *Store) next(d *draft) (state, map[slashingdb.PublicKey][]byte) {
	next := d.current()
	next.Commits = s.state.Commits + 1
	next.Seen = max(s.state.Seen, s.now().Unix())
	if s.state.File == (fileID{}) {
		next.File = s.fileID // the first commit after Create
	}
	next.Keys, next.Digest = s.state.Keys, s.state.Digest
	values := make(map[slashingdb.PublicKey][]byte, len(d.records))
	for key, record := range d.records {
		if old, ok := s.records[key]; ok {
			next.Digest.remove(encode(next.ID, old))
		} else {
			next.Keys++
		}
		values[key] = encode(next.ID, *record)
		next.Digest.add(values[key])
	}
	return next, values
}

func putAll(tx *bbolt.Tx, s state, values map[slashingdb.PublicKey][]byte) error {
	keys := make([]slashingdb.PublicKey, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	bucket := tx.Bucket(keysBucket)
	bucket.FillPercent = 0.9 // records do not grow, and keys are seldom new
	for _, key := range slashingdb.SortKeys(keys) {
		if err := bucket.Put(key[:], values[key]); err != nil {
			return err
		}
	}
	return putState(tx, s)
}

func fatal(path string, err error) error {
	f := fault.New(fault.Environment, "store %s: a record could not be made durable: %v", path, err).
		WithHint("nothing was signed for it. End the process and look at the disk (is it full?); when it is sound, start again: what the disk holds is then proven anew")
	f.Err = slashingdb.ErrFatal
	return f
}
