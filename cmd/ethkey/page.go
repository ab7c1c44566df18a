package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/validator"
)

// margin is where the values of a summary begin.
const margin = 15

// page lays out text for so many columns; 0 is any number.
type page struct {
	strings.Builder
	width int
}

// newSummary begins the page that a person agrees to.
func newSummary(width int) *page {
	p := &page{width: width}
	p.WriteString("\nAbout to write:\n\n")
	return p
}

// line adds a line. Names of files and what stands in them may be anybody's.
func (p *page) line(text string, indent int) {
	p.WriteString(term.Wrap(term.Safe(text), p.width, indent) + "\n")
}

func (p *page) row(name, value string) { p.line(fmt.Sprintf("  %-12s %s", name, value), margin) }

// key shows a public key, in two or four parts where it does not fit in one
// line.
func (p *page) key(label, key string) {
	const prefix = len("0x")
	each := len(key) - prefix
	for least := each / 4; p.width != 0 && margin+prefix+each > p.width && each > least; {
		each /= 2
	}
	text := key[:prefix+each]
	for rest := key[prefix+each:]; rest != ""; rest = rest[min(each, len(rest)):] {
		text += "\n" + strings.Repeat(" ", margin+prefix) + rest[:min(each, len(rest))]
	}
	fmt.Fprintf(p, "    %-10s %s\n", label, text)
}

// omitted stands for the keys in the middle that are not shown.
func (p *page) omitted(n uint64) {
	if n > 0 {
		p.row("", fmt.Sprintf("... %d more ...", n))
	}
}

func (p *page) network(name, fork string, rehearsal bool) {
	if rehearsal {
		p.row("REHEARSAL", "nothing here is valid on a real network")
	}
	p.row("network", name+", fork version "+fork)
}

// end closes a summary with the folder and what must be known.
func (p *page) end(folder string, missing []string, warnings []validator.Warning) string {
	p.row("folder", folder)
	return p.closing(missing, warnings)
}

// closing is the end of a summary that has named its folders.
func (p *page) closing(missing []string, warnings []validator.Warning) string {
	if len(missing) > 0 {
		p.row("WITHOUT", "these protections: "+strings.Join(missing, ", "))
	}
	for _, w := range warnings {
		p.WriteString("\n")
		p.line("  ! "+w.What, 4)
		if w.Hint != "" {
			p.line("    "+w.Hint, 4)
		}
	}
	p.WriteString("\n")
	return p.String()
}

// newReport begins the report of a run.
func newReport(width int, folder string, rehearsal bool) *page {
	p := &page{width: width}
	if rehearsal {
		p.WriteString("REHEARSAL: nothing here is valid on a real network\n")
	}
	fmt.Fprintf(p, "written to %s:\n", term.Safe(folder))
	return p
}

// files lists names, of many only the first ones.
func (p *page) files(names []string, what string) {
	for i, name := range names {
		if i == 10 && len(names) > 12 {
			fmt.Fprintf(p, "  ... and %d more %s\n", len(names)-i, what)
			break
		}
		fmt.Fprintf(p, "  %s\n", term.Safe(name))
	}
}

// verified closes a report.
func (p *page) verified(what, missing, notes []string) string {
	p.WriteString("verified by reading it back:\n")
	for _, v := range what {
		p.line("  "+v, 4)
	}
	if len(missing) > 0 {
		p.line("without these protections: "+strings.Join(missing, ", "), 2)
	}
	for _, n := range notes {
		p.line("note: "+n, 2)
	}
	return p.String()
}

// printReport prints what was made, as text or as JSON. The files are there by
// then, whatever becomes of the report.
func printReport(e *env, asJSON bool, result any, folder string, text func(width int) string) error {
	var err error
	if asJSON {
		err = json.NewEncoder(e.stdout).Encode(result)
	} else {
		_, err = e.stdout.WriteString(text(columns(e.stdout)))
	}
	if err == nil {
		return nil
	}
	return fault.New(fault.Environment, "the files are written and verified, but the report cannot be printed: %w", err).
		WithHint("they are in %s; do not run this again", folder)
}

// columns returns the width of the terminal that f is, or 0.
func columns(f *os.File) int { return term.Open(nil, f, nil).Width() }
