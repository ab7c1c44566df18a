package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Options say where sheets are read from, and who is asked.
type Options struct {
	Term *term.Terminal
	Open func(name string) (fs.File, error) // of pictures
	// Secret reads a whole file that holds secrets.
	Secret func(name string) (*secret.Buffer, error)

	Asks       bool                       // somebody may be asked
	Pictures   string                     // a file or a folder of photographs or scans, or ""
	Texts      string                     // a file with the texts of sheets, or ""
	Agreed     map[backup.QuestionID]bool // what was answered beforehand
	Passphrase *secret.Buffer             // of BIP-39, or nil; the desk closes it
}

// Desk is where a person sits while sheets are read.
type Desk struct {
	Options
	pictures Pictures
	begun    bool     // what the options name was read
	heard    []string // what was said since somebody was asked for a sheet
}

// New returns a desk. Close it.
func New(o Options) *Desk {
	return &Desk{Options: o, pictures: Pictures{Term: o.Term, Open: o.Open}}
}

// Close wipes the passphrase. Pictures cannot be wiped here: they may be on a
// medium that remembers.
func (d *Desk) Close() {
	d.Passphrase.Close()
	if d.pictures.shown {
		d.Term.Warn("there are pictures of sheets in " + d.Pictures + ": destroy them, with the medium that they came on, or keep them as sheets are kept")
	}
}

// Read implements backup.Desk: first what the flags name, then what a person
// types or a device adds to the folder of pictures.
func (d *Desk) Read(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	if !d.begun {
		d.begun = true
		found, err := d.given(ctx)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	if !d.Asks {
		return nil, io.EOF
	}
	for {
		found, err := d.wait(ctx, ask)
		lost := losses(ask)
		if !errors.Is(err, io.EOF) || lost == "" || !d.Term.Interactive() {
			return found, err
		}
		giveUp, err := d.Term.Confirm(ctx, term.Prompt{Text: "give up? " + lost, Default: "no"})
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
func (d *Desk) wait(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	for d.Pictures != "" && d.Term.Interactive() {
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
func (d *Desk) given(ctx context.Context) ([]backup.Reading, error) {
	found, err := d.readTexts()
	if err != nil || d.Pictures == "" {
		return found, err
	}
	d.Term.Warn("whatever took these pictures now holds what the sheets say: a camera, a scanner, a phone and whatever it copies itself to; " +
		"pictures of enough sheets in one place are the secret")
	more, err := d.pictures.look(ctx, d.Pictures)
	return append(found, more...), err
}

// again asks what to do once the pictures are used up.
func (d *Desk) again(ctx context.Context, ask backup.Ask) (found []backup.Reading, typed bool, err error) {
	answer, err := d.Term.Line(ctx, term.Prompt{
		Text: d.title(ask) + "; press enter to look for new pictures, t to type a sheet, q if there are no more", Flag: "--pictures",
		Check: func(v string) error {
			if v != "" && v != "t" && v != "q" {
				return fault.New(fault.Refused, "expected enter, t or q")
			}
			return nil
		},
	})
	d.heard = nil
	switch {
	case errors.Is(err, io.EOF), answer == "q":
		return nil, false, io.EOF
	case err != nil || answer == "t":
		return nil, true, err
	}
	if found, err = d.pictures.look(ctx, d.Pictures); err == nil && len(found) == 0 {
		d.Term.Note("no new picture with a code in " + d.Pictures)
	}
	return found, false, err
}

// typed has a sheet typed in.
func (d *Desk) typed(ctx context.Context, ask backup.Ask) ([]backup.Reading, error) {
	text, err := d.Term.Block(ctx, sheetBlock(d.title(ask), d.Term.CanShow() == nil, d.heard), judgeSheet)
	d.heard = nil
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case err != nil:
		return nil, err
	}
	return []backup.Reading{{Text: text}}, nil
}

// title says which sheet is asked for, and how far things are.
func (d *Desk) title(ask backup.Ask) string {
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
