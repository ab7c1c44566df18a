package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// desk is where a person sits while sheets are read: package backup asks
// through it.
type desk struct {
	e        *env
	asks     bool   // somebody may be asked
	pictures string // a file or a folder of photographs or scans, or ""
	texts    string // a file with the text of a sheet on each line, or ""
	seen     map[string]bool
	begun    bool                       // what the flags name was read
	shown    bool                       // a picture shows a sheet
	agreed   map[backup.QuestionID]bool // by flags
	bip39    *secret.Buffer             // given by flags
}

// newDesk returns the desk of a command.
func newDesk(e *env, g *globalFlags, o *deskOptions) *desk {
	return &desk{
		e: e, asks: !g.nonInteractive, pictures: o.pictures, texts: o.texts,
		seen: map[string]bool{}, agreed: map[backup.QuestionID]bool{},
	}
}

// close wipes what the flags gave. Pictures cannot be wiped here: they may be on
// a medium that remembers.
func (d *desk) close() {
	d.bip39.Close()
	if d.shown {
		d.e.term.Warn("there are pictures of sheets in " + d.pictures + ": destroy them, with the medium that they came on, or keep them as sheets are kept")
	}
}

// Read implements backup.Desk: first what the flags name, then what a person
// types or a device adds to the folder of pictures.
func (d *desk) Read(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	if !d.begun {
		d.begun = true
		found, err := d.given(ctx)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	if !d.asks {
		return nil, io.EOF
	}
	for {
		found, err := d.wait(ctx, ask)
		lost := losses(ask)
		if !errors.Is(err, io.EOF) || lost == "" || !d.e.term.Interactive() {
			return found, err
		}
		giveUp, err := d.e.term.Confirm(ctx, term.Prompt{Text: "give up? " + lost, Default: "no"})
		if err != nil {
			return nil, err
		}
		if giveUp {
			return nil, io.EOF
		}
	}
}

// losses says what a slip of the finger would cost, if anything.
func losses(ask backup.Ask) string {
	switch {
	case ask.For == backup.ForReadBack:
		return "what was printed then does not count, and is to be destroyed"
	case len(ask.Sets) > 0:
		return "the sheets that are here are forgotten, and read again another time"
	}
	return ""
}

// wait waits for what a person types or a device adds.
func (d *desk) wait(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	for d.pictures != "" && d.e.term.Interactive() {
		found, typed, err := d.again(ctx, ask)
		if err != nil || len(found) > 0 {
			return found, err
		}
		if typed {
			break
		}
	}
	return d.typed(ctx, ask)
}

// given reads what the flags name.
func (d *desk) given(ctx context.Context) ([]backup.Reading, error) {
	found, err := d.readTexts()
	if err != nil || d.pictures == "" {
		return found, err
	}
	d.e.term.Warn("whatever took these pictures now holds what the sheets say: a camera, a scanner, a phone and whatever it copies itself to; " +
		"pictures of enough sheets in one place are the secret")
	more, err := d.look(ctx)
	return append(found, more...), err
}

// again asks what to do once the pictures are used up.
func (d *desk) again(ctx context.Context, ask backup.Ask) (found []backup.Reading, typed bool, err error) {
	answer, err := d.e.term.Line(ctx, term.Prompt{
		Text: d.title(ask) + "; press enter to look for new pictures, t to type a sheet, q if there are no more", Flag: "--pictures",
		Check: func(v string) error {
			if v != "" && v != "t" && v != "q" {
				return fault.New(fault.Refused, "expected enter, t or q")
			}
			return nil
		},
	})
	switch {
	case errors.Is(err, io.EOF), answer == "q":
		return nil, false, io.EOF
	case err != nil || answer == "t":
		return nil, true, err
	}
	if found, err = d.look(ctx); err == nil && len(found) == 0 {
		d.e.term.Note("no new picture with a code in " + d.pictures)
	}
	return found, false, err
}

// typed has a sheet typed in.
func (d *desk) typed(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	text, err := d.e.term.Block(ctx, sheetBlock(d.title(ask)), judgeSheet)
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, err
	}
	return []backup.Reading{{Text: text}}, nil
}

// maxSheetChars is more than any sheet has.
const maxSheetChars = 384

// sheetBlock is the question for a sheet.
func sheetBlock(title string) term.Block {
	return term.Block{
		Prompt: term.Prompt{Text: title + ". Type one line by line, without EK1, or scan its code (ctrl-d: no more)", Flag: "--pictures"},
		Prefix: shamir.Prefix, Alphabet: "023456789ACDEFGHJKLMNPQRSTUVWXYZ?",
		Alike: map[byte]string{'O': "0", 'I': "L", '1': "L", 'B': "8"},
		Group: shamir.GroupChars, Line: shamir.GroupChars * shamir.LineGroups, Most: maxSheetChars,
	}
}

// judgeSheet refuses a text that is no sheet while it can still be mended.
func judgeSheet(text *secret.Buffer) error {
	sheet, err := shamir.Parse(text.Bytes())
	sheet.Close()
	var damage *shamir.DamageError
	if errors.As(err, &damage) && damage.Proposal != nil {
		return &term.Mend{Err: err, Text: damage.Proposal.Text}
	}
	return err
}

// title says which sheet is asked for, and how far things are.
func (d *desk) title(ask backup.Ask) string {
	set := ""
	if ask.Set != "" {
		set = " of set " + ask.Set
	}
	switch {
	case ask.For == backup.ForReadBack:
		return "give the printed sheets" + set + " back; still missing: " + strings.Join(ask.Missing, ", ")
	case ask.For == backup.ForCheck:
		return "the sheet to check"
	case len(ask.Sets) > 0:
		return fmt.Sprintf("the next sheet of set %s: %s", ask.Sets[0].Set, ask.Sets[0])
	}
	return "the first sheet" + set
}

// Propose implements backup.Desk, for what was read from a picture or a file.
func (d *desk) Propose(ctx context.Context, r backup.Reading, damage *shamir.DamageError) (bool, error) {
	where := r.Where
	if where == "" {
		where = "the sheet"
	}
	d.e.term.Warn(where + ": " + damage.Error())
	if !d.asks || damage.Proposal == nil || d.e.term.CanShow() != nil {
		return false, nil
	}
	err := d.e.term.Page(ctx, func(w io.Writer, _ int) {
		fmt.Fprintf(w, "%s reads like this, and is not whole:\n\n", term.Safe(where))
		writeSheet(w, r.Text.Bytes())
		fmt.Fprint(w, "\nIt would be whole if the paper says this:\n\n")
		writeSheet(w, damage.Proposal.Text.Bytes())
		fmt.Fprint(w, "\nLook at the paper: ")
		for i, p := range damage.Proposal.Places {
			if i > 0 {
				fmt.Fprint(w, "; ")
			}
			fmt.Fprint(w, p)
		}
		fmt.Fprint(w, ".\n")
	}, "press any key to wipe this page")
	if err != nil {
		return false, err
	}
	return d.e.term.Confirm(ctx, term.Prompt{Text: "does the paper say what was proposed", Default: "no"})
}

// writeSheet writes the text of a sheet in its lines. Package fmt would keep
// copies.
func writeSheet(w io.Writer, text []byte) {
	if len(text) < len(shamir.Prefix) {
		return
	}
	for i, line := range shamir.Lines(text) {
		fmt.Fprintf(w, "%3d  ", i+1)
		for _, group := range line {
			_, _ = w.Write(group)
			fmt.Fprint(w, " ")
		}
		fmt.Fprint(w, "\n")
	}
}

// Confirm implements backup.Desk.
func (d *desk) Confirm(ctx context.Context, q backup.Question) (bool, error) {
	if agreed, known := d.agreed[q.ID]; known {
		return agreed, nil
	}
	if !d.asks {
		return false, nil
	}
	if q.ID == backup.AskPrinted {
		return d.printed(ctx, q)
	}
	if q.Hint != "" {
		d.e.term.Note(q.Hint)
	}
	return d.e.term.Confirm(ctx, term.Prompt{Text: q.What, Default: "no"})
}

// printed waits until the sheets are on paper. Paper jams: no is no end, where
// somebody can be asked again.
func (d *desk) printed(ctx context.Context, q backup.Question) (bool, error) {
	d.e.term.Note(q.What)
	d.e.term.Note(q.Hint)
	for {
		yes, err := d.e.term.Confirm(ctx, term.Prompt{Text: "is every sheet printed?", Default: "no"})
		if err != nil || yes || !d.e.term.Interactive() {
			return yes, err
		}
		d.e.term.Note("then print them, from another terminal; the files stay until you say yes. Ctrl-c gives the set up")
	}
}

// Hidden implements backup.Desk.
func (d *desk) Hidden(ctx context.Context, q backup.Question) (*secret.Buffer, error) {
	if q.ID == backup.AskBIP39Passphrase && d.bip39 != nil {
		return d.bip39.Clone()
	}
	if !d.asks {
		return nil, fault.New(fault.Usage, "missing: %s", q.What).WithHint("with --non_interactive nothing is asked")
	}
	if q.Hint != "" {
		d.e.term.Note(q.Hint)
	}
	return d.e.term.Hidden(ctx, term.Prompt{Text: q.What}, nil)
}

// Show implements backup.Desk.
func (d *desk) Show(ctx context.Context, page backup.Page) error { return d.e.show(ctx, page) }

// show puts a secret on a page that is wiped.
func (e *env) show(ctx context.Context, page backup.Page) error {
	return e.term.Page(ctx, func(w io.Writer, cols int) {
		fmt.Fprint(w, term.Wrap(page.Title, cols, 0)+"\n\n")
		for _, line := range page.Lines {
			fmt.Fprint(w, term.Wrap(line, cols, 0)+"\n")
		}
		fmt.Fprint(w, "\n")
		writeWrapped(w, page.Secret.Bytes(), cols)
	}, "press any key to wipe this page")
}

// writeWrapped writes a secret with line ends at spaces, not through package
// fmt.
func writeWrapped(w io.Writer, text []byte, cols int) {
	for len(text) > 0 {
		n := len(text)
		if cols > 0 && n > cols {
			n = cols
			for k := cols; k > 0; k-- {
				if text[k] == ' ' {
					n = k + 1
					break
				}
			}
		}
		_, _ = w.Write(text[:n])
		_, _ = io.WriteString(w, "\n")
		text = text[n:]
	}
}

// Say implements backup.Desk.
func (d *desk) Say(n backup.Notice) {
	if n.Good {
		d.e.term.Note(n.What)
	} else {
		d.e.term.Warn(n.What)
	}
	if n.Hint != "" {
		d.e.term.Note("hint: " + n.Hint)
	}
}
