package postgres

import (
	"context"
	"time"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// call is one Decide that waits for its answer.
type call struct {
	ctx      context.Context
	duties   []slashingdb.Duty
	verdicts []slashingdb.Verdict
	err      error
	done     chan struct{}
}

const (
	// committers is how many transactions run side by side: while one waits
	// for the disk, the next is gathered and sent.
	committers = 2
	// groupLimit is how many duties one transaction takes.
	groupLimit = 4096
	// patience is how long a server may take to record: a duty is worth less
	// than that, and a server that is gone may never say so.
	patience = 30 * time.Second
)

// group decides calls together with others that come while a transaction is on
// its way: one commit for many.
func (s *Store) group(c *call) {
	s.queue.Lock()
	s.waiting = append(s.waiting, c)
	begin := s.committing < committers
	if begin {
		s.committing++
	}
	s.queue.Unlock()
	if begin {
		go s.drain()
	}
}

// drain commits group after group until nothing waits.
func (s *Store) drain() {
	for {
		group := s.next()
		if group == nil {
			return
		}
		s.decideGroup(group)
	}
}

// next takes the calls of one transaction off the queue; with none, this
// committer ends.
func (s *Store) next() []*call {
	s.queue.Lock()
	defer s.queue.Unlock()
	if len(s.waiting) == 0 {
		s.committing--
		return nil
	}
	n, duties := 1, len(s.waiting[0].duties)
	for n < len(s.waiting) && duties+len(s.waiting[n].duties) <= groupLimit {
		duties += len(s.waiting[n].duties)
		n++
	}
	group := s.waiting[:n:n]
	s.waiting = s.waiting[n:]
	return group
}

// decideGroup records all duties in one transaction. No caller's end of
// patience may break it for the others; nobody waits any more for an answer
// that takes longer than the store's own.
func (s *Store) decideGroup(group []*call) {
	group = waitingStill(group)
	if len(group) == 0 {
		return
	}
	var duties []slashingdb.Duty
	for _, c := range group {
		duties = append(duties, c.duties...)
	}
	verdicts := make([]slashingdb.Verdict, len(duties))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), s.patience)
	defer cancel()
	err := s.record(ctx, duties, verdicts)
	for _, c := range group {
		n := len(c.duties)
		c.verdicts, verdicts = verdicts[:n:n], verdicts[n:]
		if c.err = err; c.err == nil {
			c.err = s.explain(c.ctx, c.duties, c.verdicts)
		}
		close(c.done)
	}
}

// waitingStill drops the calls whose callers have gone, before anything is
// recorded for them.
func waitingStill(group []*call) (left []*call) {
	for _, c := range group {
		if c.err = c.ctx.Err(); c.err != nil {
			close(c.done)
			continue
		}
		left = append(left, c)
	}
	return left
}
