package shamir

import (
	"iter"
	"slices"

	"github.com/ethkey/ethkey/pkg/secret"
)

// maxTries bounds how many combinations are tried in search of one that fits:
// all of any set of up to ten sheets, and every choice of one odd one in larger.
const maxTries = 1000

// candidate is one share that may belong to the others.
type candidate struct {
	share *secret.Buffer
	label int // two of one label cannot both be right
}

// solution is what t candidates that fit combine to.
type solution struct {
	value *secret.Buffer
	used  []int
	odd   []int // candidates that do not lie on the same polynomials
}

// solve looks for t candidates whose combination fits. A nil solution says
// that none of those tried does.
func solve(all []candidate, t int, fits func(*secret.Buffer) (bool, error)) (*solution, error) {
	for used := range combinations(all, t) {
		if s, err := attempt(all, used, fits); s != nil || err != nil {
			return s, err
		}
	}
	return nil, nil
}

// combinations are those of t candidates: all, when they are few; else the
// first t of those that remain when none, one, two and so on are left out,
// which finds a few odd ones among many.
func combinations(all []candidate, t int) iter.Seq[[]int] {
	n := len(all)
	return func(yield func([]int) bool) {
		if n < t {
			return
		}
		if few(n, t) {
			for subset := firstSubset(t); subset != nil; subset = nextSubset(subset, n) {
				if used := choose(all, subset, t); len(used) == t && !yield(used) {
					return
				}
			}
			return
		}
		tries := 0
		for leave := range n - t + 1 {
			for out := firstSubset(leave); out != nil && tries < maxTries; out = nextSubset(out, n) {
				tries++
				if used := choose(all, without(n, out), t); len(used) == t && !yield(used) {
					return
				}
			}
		}
	}
}

// few tells whether there are at most maxTries subsets of t out of n, which is
// not less.
func few(n, t int) bool {
	count := 1
	for i := 1; i <= min(t, n-t); i++ {
		if count = count * (n + 1 - i) / i; count > maxTries {
			return false
		}
	}
	return true
}

// without are the numbers below n that are not in out.
func without(n int, out []int) (rest []int) {
	for i := range n {
		if !slices.Contains(out, i) {
			rest = append(rest, i)
		}
	}
	return rest
}

// attempt combines the candidates used.
func attempt(all []candidate, used []int, fits func(*secret.Buffer) (bool, error)) (*solution, error) {
	shares := sharesOf(all, used)
	value, err := valueAt(shares, 0)
	if err != nil {
		return nil, err
	}
	ok, err := fits(value)
	if !ok || err != nil {
		value.Close()
		return nil, err
	}
	s := &solution{value: value, used: used}
	for i, c := range all {
		if slices.Contains(used, i) {
			continue
		}
		on, err := liesOn(shares, c.share)
		if err != nil {
			value.Close()
			return nil, err
		}
		if !on {
			s.odd = append(s.odd, i)
		}
	}
	return s, nil
}

func sharesOf(all []candidate, used []int) []*secret.Buffer {
	shares := make([]*secret.Buffer, len(used))
	for i, u := range used {
		shares[i] = all[u].share
	}
	return shares
}

// liesOn tells whether a share lies on the polynomials through others. The
// secret is not computed.
func liesOn(shares []*secret.Buffer, share *secret.Buffer) (bool, error) {
	expected, err := shareAt(shares, place(share))
	if err != nil {
		return false, err
	}
	defer expected.Close()
	return expected.Equal(share), nil
}

// choose returns the first t of some candidates that have distinct labels and
// places, and one length; fewer when there are not as many.
func choose(all []candidate, from []int, t int) (used []int) {
	labels, places := map[int]bool{}, map[byte]bool{}
	for _, i := range from {
		c := all[i]
		x := place(c.share)
		if len(used) == t || labels[c.label] || places[x] || len(used) > 0 && c.share.Len() != all[used[0]].share.Len() {
			continue
		}
		labels[c.label], places[x] = true, true
		used = append(used, i)
	}
	return used
}

// firstSubset is 0, 1, ... k-1; not nil for k = 0.
func firstSubset(k int) []int {
	s := make([]int, k)
	for i := range s {
		s[i] = i
	}
	return s
}

// nextSubset is the next one of its size out of n, in place, and nil after the
// last.
func nextSubset(s []int, n int) []int {
	k := len(s)
	for i := k - 1; i >= 0; i-- {
		if s[i] < n-k+i {
			s[i]++
			for j := i + 1; j < k; j++ {
				s[j] = s[j-1] + 1
			}
			return s
		}
	}
	return nil
}
