package main

import (
	"fmt"

	"github.com/ethkey/ethkey/pkg/validator"
)

func exitSummary(s *validator.ExitSummary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("exits", fmt.Sprintf("%d, from epoch %d on", s.Count, s.Epoch))
	p.signedKeys(s.Keys, s.Omitted)
	p.network(s.Network, s.ForkVersion, s.Rehearsal)
	return p.end(s.Folder, s.WallsMissing, warnings)
}

func changeSummary(s *validator.ChangeSummary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("changes", fmt.Sprintf("%d, of 0x00 credentials to an execution address", s.Count))
	for _, c := range s.Changes {
		p.row(fmt.Sprintf("  %d", c.ValidatorIndex), "withdrawal key "+c.Path)
		p.key("", c.OldCredentials)
	}
	p.network(s.Network, s.ForkVersion, s.Rehearsal)
	p.row("address", s.Address)
	return p.end(s.Folder, s.WallsMissing, warnings)
}

func keystoreChangeSummary(s *validator.KeystoreChangeSummary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("wishes", fmt.Sprintf("%d, for a withdrawal address", s.Count))
	p.signedKeys(s.Keys, s.Omitted)
	p.network(s.Network, s.ForkVersion, s.Rehearsal)
	p.row("address", s.Address)
	return p.end(s.Folder, s.WallsMissing, warnings)
}

func topUpSummary(s *validator.TopUpSummary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("deposits", fmt.Sprint(s.Count))
	p.signedKeys(s.Keys, s.Omitted)
	p.network(s.Network, s.ForkVersion, s.Rehearsal)
	for _, c := range s.Credentials {
		p.row("credentials", c)
	}
	p.row("amount", amountText(s.Amount, s.Total, uint64(s.Count)))
	return p.end(s.Folder, s.WallsMissing, warnings)
}

// signedKeys shows the validators and their public keys.
func (p *page) signedKeys(keys []validator.SignedKey, omitted int) {
	for i, k := range keys {
		if i == len(keys)/2 {
			p.omitted(uint64(omitted))
		}
		label := "-"
		if k.ValidatorIndex != nil {
			label = fmt.Sprint(*k.ValidatorIndex)
		}
		p.key(label, k.PublicKey)
	}
}

func signReport(r *validator.SignResult, width int) string {
	p := newReport(width, r.Folder, r.Rehearsal)
	p.files(r.Files, "files")
	return p.verified(r.Verified, r.WallsMissing, r.Notes)
}
