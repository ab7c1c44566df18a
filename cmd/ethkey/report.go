package main

import (
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/validator"
)

// summaryText lays out the page that a person agrees to.
func summaryText(s *validator.Summary, warnings []validator.Warning) string {
	var b strings.Builder
	b.WriteString("\nAbout to write:\n\n")
	row := func(name, value string) { fmt.Fprintf(&b, "  %-12s %s\n", name, value) }
	if s.Rehearsal {
		row("REHEARSAL", "nothing here is valid on a real network")
	}
	row("network", s.Network+", fork version "+s.ForkVersion)
	row("phrase", s.Phrase)
	row("credentials", s.Credentials)
	if s.Address != "" {
		row("address", s.Address)
	}
	amount := s.Amount + " each"
	if s.Count > 1 {
		amount += ", " + s.Total + " in all"
	}
	row("amount", amount)
	row("validators", fmt.Sprintf("%d, index %d to %d", s.Count, s.StartIndex, s.StartIndex+s.Count-1))
	for i, key := range s.Keys {
		if s.Omitted > 0 && i == len(s.Keys)/2 {
			row("", fmt.Sprintf("... %d more ...", s.Omitted))
		}
		row(fmt.Sprintf("  %d", key.Index), key.PublicKey)
	}
	row("encryption", s.KDF)
	row("folder", s.Folder)
	if len(s.WallsMissing) > 0 {
		row("WITHOUT", "these walls: "+strings.Join(s.WallsMissing, ", "))
	}
	for _, w := range warnings {
		fmt.Fprintf(&b, "\n  ! %s\n", w.What)
		if w.Hint != "" {
			fmt.Fprintf(&b, "    %s\n", w.Hint)
		}
	}
	b.WriteString("\n")
	return b.String()
}

// reportText lays out what a run did.
func reportText(r *validator.Result) string {
	var b strings.Builder
	if r.Rehearsal {
		b.WriteString("REHEARSAL: nothing here is valid on a real network\n")
	}
	fmt.Fprintf(&b, "written to %s:\n", r.Folder)
	for i, name := range r.Keystores {
		if i == 10 && len(r.Keystores) > 12 {
			fmt.Fprintf(&b, "  ... and %d more keystores\n", len(r.Keystores)-i)
			break
		}
		fmt.Fprintf(&b, "  %s\n", name)
	}
	fmt.Fprintf(&b, "  %s\n", r.DepositData)
	b.WriteString("verified by reading it back:\n")
	for _, v := range r.Verified {
		fmt.Fprintf(&b, "  %s\n", v)
	}
	if len(r.WallsMissing) > 0 {
		fmt.Fprintf(&b, "without these walls: %s\n", strings.Join(r.WallsMissing, ", "))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	return b.String()
}
