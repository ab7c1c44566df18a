package slip39

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Set gathers the shares of one set, which the first of them defines.
type Set struct{ shares []*Share }

// Close wipes all shares.
func (c *Set) Close() {
	for _, s := range c.shares {
		s.Close()
	}
	c.shares = nil
}

// Add takes a share into the set and owns it from then on. A share that is
// refused stays the caller's, and the set as it was.
func (c *Set) Add(s *Share) error {
	for _, o := range c.shares {
		if err := fits(o, s); err != nil {
			return err
		}
	}
	c.shares = append(c.shares, s)
	slices.SortFunc(c.shares, func(a, b *Share) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Member, b.Member))
	})
	return nil
}

// fits tells why s cannot be of a set with o (SLIP-39, "Combining the shares").
func fits(o, s *Share) error {
	switch {
	case s.Identifier != o.Identifier:
		return refuse(ErrOtherSet, "the first two words of all shares of a set are the same")
	case s.Extendable != o.Extendable:
		return refuse(ErrExtendable, "the first two words of all shares of a set are the same")
	case s.Exponent != o.Exponent:
		return refuse(ErrExponent, "the first two words of all shares of a set are the same")
	case s.GroupThreshold != o.GroupThreshold:
		return refuse(ErrGroupThresholds, "expected %d, found %d: it is of another set", o.GroupThreshold, s.GroupThreshold)
	case s.Groups != o.Groups:
		return refuse(ErrGroupCounts, "expected %d, found %d: it is of another set", o.Groups, s.Groups)
	case s.value.Len() != o.value.Len():
		return refuse(ErrLengths, "it is of another set")
	case s.Group != o.Group:
		return nil
	case s.MemberThreshold != o.MemberThreshold:
		return refuse(ErrMemberThresholds, "expected %d, found %d: it is of another set", o.MemberThreshold, s.MemberThreshold)
	case s.Member != o.Member:
		return nil
	case s.value.Equal(o.value):
		return refuse(ErrTwice, "enter another share")
	}
	return refuse(ErrSameNumber, "group %d, share %d: it is of another set", s.Group+1, s.Member+1)
}

// group returns the shares of a group.
func (c *Set) group(g int) []*Share {
	var in []*Share
	for _, s := range c.shares {
		if s.Group == g {
			in = append(in, s)
		}
	}
	return in
}

// groups returns those groups that have a share, and which of them have enough.
func (c *Set) groups() (begun, ready []int) {
	for g := range 16 {
		in := c.group(g)
		if len(in) == 0 {
			continue
		}
		begun = append(begun, g)
		if len(in) >= in[0].MemberThreshold {
			ready = append(ready, g)
		}
	}
	return begun, ready
}

// Ready tells whether there are shares enough.
func (c *Set) Ready() bool {
	_, ready := c.groups()
	return len(c.shares) > 0 && len(ready) >= c.shares[0].GroupThreshold
}

// Missing says what is still needed, for a person.
func (c *Set) Missing() string {
	if len(c.shares) == 0 {
		return "no share yet"
	}
	begun, ready := c.groups()
	var parts []string
	for _, g := range begun {
		in := c.group(g)
		if more := in[0].MemberThreshold - len(in); more > 0 {
			parts = append(parts, fmt.Sprintf("%d more of group %d", more, g+1))
		}
	}
	first := c.shares[0]
	if more := first.GroupThreshold - len(begun); more > 0 {
		parts = append(parts, fmt.Sprintf("shares of %d other group(s)", more))
	}
	said := fmt.Sprintf("%d of %d group(s) complete", len(ready), first.GroupThreshold)
	if len(parts) == 0 {
		return said
	}
	return said + "; needed: " + strings.Join(parts, ", ")
}

// combine gives the encrypted master secret.
func (c *Set) combine() (*secret.Buffer, error) {
	if len(c.shares) == 0 {
		return nil, refuse(ErrTooFewShares, "enter a share")
	}
	begun, ready := c.groups()
	need := c.shares[0].GroupThreshold
	switch {
	case len(begun) < need:
		return nil, refuse(ErrTooFewGroups, "%s", c.Missing())
	case len(ready) < need:
		return nil, refuse(ErrTooFewShares, "%s", c.Missing())
	}
	var points []point
	defer func() { wipe(points) }()
	for _, g := range ready {
		in := c.group(g)
		members := make([]point, len(in))
		for i, s := range in {
			members[i] = point{byte(s.Member), s.value.Bytes()}
		}
		value, err := recoverSecret(in[0].MemberThreshold, members)
		if err != nil {
			return nil, refuse(ErrDigest, "group %d: %s", g+1, blame(in[0].MemberThreshold, members, "share"))
		}
		points = append(points, point{byte(g), value})
	}
	ems, err := recoverSecret(need, points)
	if err != nil {
		return nil, refuse(ErrDigest, "the groups: %s", blame(need, points, "group"))
	}
	return secret.From(bytes.Clone(ems))
}
