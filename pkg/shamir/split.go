package shamir

import (
	"encoding/binary"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Split splits s. Set id and padding come from rand; vault/shamir draws the
// rest itself. The sheets are in order of group and number. The caller keeps s.
func Split(rand io.Reader, s Secret, sc Scheme, f Flags) ([]*Sheet, error) {
	if err := sc.Check(); err != nil {
		return nil, err
	}
	if f&^setWide != 0 {
		return nil, fault.New(fault.Refused, "a set is a rehearsal, or for practice, or neither")
	}
	h := header{
		version: Version, group: 1, groupThreshold: sc.GroupThreshold, groups: len(sc.Groups), threshold: sc.Groups[0].Threshold, flags: f,
	}
	var id [4]byte
	if err := draw(rand, id[:]); err != nil {
		return nil, err
	}
	h.id = SetID(binary.BigEndian.Uint32(id[:]) >> 7)
	p, err := pack(rand, s, h)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if !h.twoLevels() {
		return splitGroup(p, h, sc.Groups[0])
	}
	return splitTwice(p, h, sc)
}

// splitTwice splits a package among groups, and each group's share among its
// sheets.
func splitTwice(p *secret.Buffer, h header, sc Scheme) ([]*Sheet, error) {
	shares, err := splitBytes(p.Bytes(), len(sc.Groups), sc.GroupThreshold)
	if err != nil {
		return nil, err
	}
	defer closeAll(shares)
	var sheets []*Sheet
	for i, g := range sc.Groups {
		h.group, h.threshold = i+1, g.Threshold
		made, err := splitShare(shares[i], h, g)
		if err != nil {
			closeSheets(sheets)
			return nil, err
		}
		sheets = append(sheets, made...)
	}
	return sheets, nil
}

// splitShare splits the share of a group, with a tag of its own. A group of one
// sheet has the share itself on it.
func splitShare(share *secret.Buffer, h header, g Group) ([]*Sheet, error) {
	if g.Threshold == 1 {
		body, err := share.Clone()
		if err != nil {
			return nil, err
		}
		h.number = 1
		return []*Sheet{{head: h, body: body}}, nil
	}
	p, err := tagShare(share, h)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	return splitGroup(p, h, g)
}

// tagShare appends the group's tag to its share.
func tagShare(share *secret.Buffer, h header) (*secret.Buffer, error) {
	p, err := secret.New(share.Len() + groupTagSize)
	if err != nil {
		return nil, err
	}
	n := secret.Copy(p.Bytes(), share.Bytes())
	if err := tag(p.Bytes()[n:], groupKey, h.groupBits(), share.Bytes()); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func splitGroup(p *secret.Buffer, h header, g Group) ([]*Sheet, error) {
	shares, err := splitBytes(p.Bytes(), g.Sheets, g.Threshold)
	if err != nil {
		return nil, err
	}
	sheets := make([]*Sheet, len(shares))
	for i, body := range shares {
		h.number = i + 1
		sheets[i] = &Sheet{head: h, body: body}
	}
	return sheets, nil
}

func closeSheets(sheets []*Sheet) {
	for _, s := range sheets {
		s.Close()
	}
}
