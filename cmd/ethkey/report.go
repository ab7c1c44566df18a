package main

import (
	"fmt"

	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// summaryText lays out what is about to be made. The keys go first: on a small
// screen they scroll away, and not what matters more.
func summaryText(s *validator.Summary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("validators", validatorsText(s))
	for i, key := range s.Keys {
		if i == len(s.Keys)/2 {
			p.omitted(s.Omitted)
		}
		p.key(fmt.Sprint(key.Index), key.PublicKey)
	}
	p.network(s.Network, s.ForkVersion, s.Rehearsal)
	p.row("phrase", s.Phrase)
	if s.Path != derive.SigningTemplate().String() {
		p.row("PATH", s.Path+", not the one of EIP-2334")
	}
	p.row("credentials", s.Credentials)
	if s.Address != "" {
		p.row("address", s.Address)
	} else {
		p.row("address", "NONE: nothing can be withdrawn until one is set with this phrase")
	}
	p.row("amount", amountText(s.Amount, s.Total, s.Count))
	p.row("encryption", s.KDF)
	if s.Verify == validator.VerifyMemory {
		p.row("verifying", "with the keys still in memory; the password is not tried again")
	}
	return p.end(s.Folder, s.WallsMissing, warnings)
}

func validatorsText(s *validator.Summary) string {
	if s.Count == 1 {
		return fmt.Sprintf("1, index %d", s.StartIndex)
	}
	return fmt.Sprintf("%d, index %d to %d", s.Count, s.StartIndex, s.StartIndex+s.Count-1)
}

func amountText(each, total string, count uint64) string {
	if count == 1 {
		return each + " each"
	}
	return each + " each, " + total + " in all"
}

// reportText lays out what a run did.
func reportText(r *validator.Result, width int) string {
	p := newReport(width, r.Folder, r.Rehearsal)
	p.files(r.Keystores, "keystores")
	fmt.Fprintf(p, "  %s\n", r.DepositData)
	return p.verified(r.Verified, r.WallsMissing, r.Notes)
}
