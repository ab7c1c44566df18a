package mnemonic

import (
	"context"
	"sync"

	"github.com/ethkey/ethkey/internal/fault"
)

// Search hands the candidates to fits, likeliest first, on as many goroutines
// as workers says, and returns the first that fits, or -1 when none does.
// Fits may be called from several goroutines at a time; it must not keep what
// it is given. Progress may be nil.
func (r *Repair) Search(ctx context.Context, workers int, fits func(*Mnemonic) (bool, error), progress func(done, total int)) (int, error) {
	s := &search{repair: r, fits: fits, progress: progress, found: -1}
	var all sync.WaitGroup
	for range max(1, workers) {
		all.Go(func() { s.work(ctx) })
	}
	all.Wait()
	return s.found, s.err
}

// search is what the workers share.
type search struct {
	repair   *Repair
	fits     func(*Mnemonic) (bool, error)
	progress func(done, total int)

	mu         sync.Mutex
	next, done int
	found      int
	err        error
}

func (s *search) work(ctx context.Context) {
	for i, ok := s.take(ctx); ok; i, ok = s.take(ctx) {
		fits, err := s.try(i)
		s.settle(i, fits, err)
	}
}

// take returns the next candidate, and false when there is none to try.
func (s *search) take(ctx context.Context) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = context.Cause(ctx)
	}
	if s.err != nil || s.found >= 0 || s.next == s.repair.Len() {
		return 0, false
	}
	s.next++
	return s.next - 1, true
}

// try makes a panic a fault: its value could be a secret.
func (s *search) try(i int) (fit bool, err error) {
	defer func() {
		if recover() != nil {
			err = fault.New(fault.Integrity, "internal fault at candidate %d of the search", i+1).
				WithHint("this is a mistake in ethkey: please report what you did, without any secret")
		}
	}()
	m, err := s.repair.Mnemonic(i)
	if err != nil {
		return false, err
	}
	defer m.Close()
	return s.fits(m)
}

// settle notes how candidate i did. All that are likelier than the first to
// fit were taken before it, so that the likeliest is known in the end.
func (s *search) settle(i int, fits bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.err == nil {
		s.err = err
	}
	if fits && (s.found < 0 || i < s.found) {
		s.found = i
	}
	s.done++
	if s.progress != nil {
		s.progress(s.done, s.repair.Len())
	}
}
