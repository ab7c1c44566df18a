package slashingdb

import (
	"sort"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// maxRanges bounds what is kept of a key. A validator misses some epochs in a
// thousand, so that this stands for many years.
const maxRanges = 4096

// ranges is a set of numbers as runs, sorted, which neither touch nor overlap.
type ranges struct {
	runs []run
	lost bool // there were more than maxRanges
}

type run struct{ first, last uint64 }

// add takes numbers in any order; ascending ones cost nothing.
func (r *ranges) add(n uint64) {
	if r.lost {
		return
	}
	end := len(r.runs)
	if end > 0 && r.runs[end-1].first <= n {
		r.after(end-1, n)
		return
	}
	i := sort.Search(end, func(i int) bool { return r.runs[i].first > n })
	if i > 0 {
		r.after(i-1, n)
		return
	}
	r.insert(0, n)
}

// after adds n, which is not below the start of run i and is below the next.
func (r *ranges) after(i int, n uint64) {
	switch at := &r.runs[i]; {
	case n <= at.last:
	case n == at.last+1:
		at.last = n
		if next := i + 1; next < len(r.runs) && r.runs[next].first == n+1 {
			at.last = r.runs[next].last
			r.runs = append(r.runs[:next], r.runs[next+1:]...)
		}
	default:
		r.insert(i+1, n)
	}
}

// insert adds n, which is not in a run nor at the end of one, before run i.
func (r *ranges) insert(i int, n uint64) {
	switch {
	case i < len(r.runs) && r.runs[i].first == n+1:
		r.runs[i].first = n
	case len(r.runs) == maxRanges:
		r.runs, r.lost = nil, true
	default:
		r.runs = append(r.runs, run{})
		copy(r.runs[i+1:], r.runs[i:])
		r.runs[i] = run{n, n}
	}
}

// gaps returns nil where they are not known.
func (r *ranges) gaps() *Gaps {
	if r.lost {
		return nil
	}
	g, widest := &Gaps{}, uint64(0)
	for i := 1; i < len(r.runs); i++ {
		first, last := r.runs[i-1].last+1, r.runs[i].first-1
		g.Count++
		g.Epochs += last - first + 1
		if last-first+1 > widest {
			widest = last - first + 1
			g.Widest = [2]beacon.Epoch{beacon.Epoch(first), beacon.Epoch(last)}
		}
	}
	return g
}
