package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/validator"
)

// margin is where the values of a summary begin.
const margin = 15

// summaryText lays out the page that a person agrees to, for so many columns (0:
// any). The keys go first: on a small screen they scroll away, and not what
// matters more.
func summaryText(s *validator.Summary, warnings []validator.Warning, width int) string {
	var b strings.Builder
	b.WriteString("\nAbout to write:\n\n")
	row := func(name, value string) {
		b.WriteString(term.Wrap(fmt.Sprintf("  %-12s %s", name, value), width, margin) + "\n")
	}
	row("validators", validatorsText(s))
	for i, key := range s.Keys {
		if s.Omitted > 0 && i == len(s.Keys)/2 {
			row("", fmt.Sprintf("... %d more ...", s.Omitted))
		}
		fmt.Fprintf(&b, "    %-10d %s\n", key.Index, keyText(key.PublicKey, width))
	}
	if s.Rehearsal {
		row("REHEARSAL", "nothing here is valid on a real network")
	}
	row("network", s.Network+", fork version "+s.ForkVersion)
	row("phrase", s.Phrase)
	row("credentials", s.Credentials)
	if s.Address != "" {
		row("address", s.Address)
	} else {
		row("address", "NONE: nothing can be withdrawn until one is set with this phrase")
	}
	amount := s.Amount + " each"
	if s.Count > 1 {
		amount += ", " + s.Total + " in all"
	}
	row("amount", amount)
	row("encryption", s.KDF)
	row("folder", s.Folder)
	if len(s.WallsMissing) > 0 {
		row("WITHOUT", "these protections: "+strings.Join(s.WallsMissing, ", "))
	}
	for _, w := range warnings {
		b.WriteString("\n" + term.Wrap("  ! "+w.What, width, 4) + "\n")
		if w.Hint != "" {
			b.WriteString(term.Wrap("    "+w.Hint, width, 4) + "\n")
		}
	}
	b.WriteString("\n")
	return b.String()
}

func validatorsText(s *validator.Summary) string {
	if s.Count == 1 {
		return fmt.Sprintf("1, index %d", s.StartIndex)
	}
	return fmt.Sprintf("%d, index %d to %d", s.Count, s.StartIndex, s.StartIndex+s.Count-1)
}

// keyText breaks a public key in two halves where it does not fit in one line.
func keyText(key string, width int) string {
	if width == 0 || margin+len(key) <= width {
		return key
	}
	half := len(key)/2 + 1 // 0x, and 24 bytes
	return key[:half] + "\n" + strings.Repeat(" ", margin+len("0x")) + key[half:]
}

// reportText lays out what a run did.
func reportText(r *validator.Result, width int) string {
	var b strings.Builder
	line := func(text string, indent int) { b.WriteString(term.Wrap(text, width, indent) + "\n") }
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
		line("  "+v, 4)
	}
	if len(r.WallsMissing) > 0 {
		line("without these protections: "+strings.Join(r.WallsMissing, ", "), 2)
	}
	for _, n := range r.Notes {
		line("note: "+n, 2)
	}
	return b.String()
}

// columns returns the width of the terminal that f is, or 0.
func columns(f *os.File) int { return term.Open(nil, f, nil).Width() }
