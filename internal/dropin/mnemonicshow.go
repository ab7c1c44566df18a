package dropin

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/validator"
)

// maxListed is how many candidates a person can look through.
const maxListed = 200

// HandOver gives the phrase that r is about to the person: into the file that
// was named, or on a page that is wiped, and only when that is agreed to.
// Where several fit, the person chooses.
func (d *Mend) HandOver(ctx context.Context, r *MendResult) error {
	asks := d.target.session.canPage()
	switch {
	case d.file == "" && (!asks || r.intact()):
		return nil
	case d.file != "" && !asks && d.only(r) < 0:
		return fault.New(fault.Refused, "%d phrases fit, and %s can hold one", d.repair.Len(), d.file).
			WithHint("say what is known of its keys: --public-keys, --credentials, --deposit-data or --keystores")
	}
	at := d.only(r)
	for {
		chosen := at
		if at < 0 {
			var err error
			if chosen, err = d.choose(ctx); err != nil || chosen < 0 {
				return err
			}
		}
		done, err := d.give(ctx, r, chosen)
		if err != nil || done || at >= 0 {
			return err
		}
	}
}

// intact tells whether what was read is the phrase that was looked for.
func (r *MendResult) intact() bool {
	return r.Found != nil && r.Found.Damage == mnemonic.Intact.String()
}

// only returns the candidate that r leaves, or -1 where there are several.
func (d *Mend) only(r *MendResult) int {
	switch {
	case r.Found != nil:
		return r.Found.at
	case d.repair.Len() == 1:
		return 0
	}
	return -1
}

// choose shows the candidates, without the rest of the phrase, and asks for
// one of them; -1 is none.
func (d *Mend) choose(ctx context.Context) (int, error) {
	t, n := d.target.session.Term, min(d.repair.Len(), maxListed)
	yes, err := t.Confirm(ctx, term.Prompt{Text: fmt.Sprintf("show the %d likeliest, with their words, on a page that is wiped", n), Default: "no"})
	if err != nil || !yes {
		return -1, err
	}
	if err := t.Page(ctx, func(w io.Writer, _ int) { d.writeCandidates(w) }, "remember the number; press any key to wipe this page"); err != nil {
		return -1, err
	}
	answer, err := t.Line(ctx, term.Prompt{Text: fmt.Sprintf("number of the candidate, 1 to %d (empty: none)", n), Check: func(v string) error {
		if v == "" {
			return nil
		}
		_, err := ParseCount(v, 1, uint64(n))
		return err
	}})
	if err != nil || answer == "" {
		return -1, err
	}
	i, err := ParseCount(answer, 1, uint64(n))
	return int(i) - 1, err
}

// writeCandidates lists what each candidate changes, likeliest first.
func (d *Mend) writeCandidates(w io.Writer) {
	fmt.Fprint(w, "Likeliest first:\n\n")
	for i := range min(d.repair.Len(), maxListed) {
		fmt.Fprintf(w, "%5d. %s", i+1, d.repair.Change(i))
		if word := d.repair.Word(i); word != "" {
			fmt.Fprint(w, ": ")
			_, _ = w.Write([]byte(word)) // fmt would keep a copy
		}
		fmt.Fprint(w, "\n")
	}
	if more := d.repair.Len() - maxListed; more > 0 {
		fmt.Fprintf(w, "       and %d more, less and less likely\n", more)
	}
	fmt.Fprint(w, "\n")
}

// give hands one candidate over, if the person agrees.
func (d *Mend) give(ctx context.Context, r *MendResult, at int) (done bool, err error) {
	m, err := d.repair.Mnemonic(at)
	if err != nil {
		return false, err
	}
	defer m.Close()
	t := d.target.session.Term
	question := term.Prompt{Text: "show the whole phrase on a page that is wiped", Default: "no"}
	if d.file != "" {
		question = term.Prompt{Text: "write the whole phrase, in clear text, to " + d.file, Flag: "--yes", Default: "no"}
	}
	if d.file == "" || !d.Yes && d.target.session.Interactive {
		if yes, err := t.Confirm(ctx, question); err != nil || !yes {
			return false, err
		}
	}
	if d.file != "" {
		r.File = d.file
		return true, validator.WritePhrase(ctx, d.target.machine, m, d.file)
	}
	return true, t.Page(ctx, func(w io.Writer, cols int) {
		fmt.Fprintf(w, "The phrase, %d words, %s, with one change:\n%s.\n\n", m.Words(), m.Language(), d.repair.Change(at))
		writeWords(w, m, cols)
		fmt.Fprintln(w, term.Wrap("Mend your copy on paper. This page is shown nowhere else.", cols, 0))
	}, "press any key to wipe this page")
}

// Lines lays a result out for people: what was found, or how many phrases
// differ in which way.
func (r *MendResult) Lines() []string {
	if f := r.Found; f != nil {
		return []string{f.Text, "this phrase makes the known key, at key index " + strconv.FormatUint(uint64(f.Index), 10)}
	}
	lines := []string{fmt.Sprintf("%d phrases fit by their checksum, likeliest first:", r.Candidates)}
	if r.Candidates == 1 {
		lines[0] = "one phrase fits by its checksum:"
	}
	for _, c := range r.Changes {
		lines = append(lines, fmt.Sprintf("  %6d  %s", c.Count, c.Text))
	}
	return append(lines, "a public key, credentials, deposit data or keystores would tell which")
}
