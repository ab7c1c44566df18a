package desk

import (
	"context"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// Propose implements backup.Desk, for what was read from a picture or a file.
func (d *Desk) Propose(ctx context.Context, r backup.Reading, damage *shamir.DamageError) (bool, error) {
	where := r.Where
	if where == "" {
		where = "the sheet"
	}
	d.Term.Warn(where + ": " + damage.Error())
	if !d.Asks || damage.Proposal == nil || d.Term.CanShow() != nil {
		return false, nil
	}
	err := d.Term.Page(ctx, func(w io.Writer, _ int) {
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
	return d.Term.Confirm(ctx, term.Prompt{Text: "does the paper say what was proposed", Default: "no"})
}

// Confirm implements backup.Desk.
func (d *Desk) Confirm(ctx context.Context, q backup.Question) (bool, error) {
	if agreed, known := d.Agreed[q.ID]; known {
		return agreed, nil
	}
	if !d.Asks {
		return false, nil
	}
	if q.ID == backup.AskPrinted {
		return d.printed(ctx, q)
	}
	if q.Hint != "" {
		d.Term.Note(q.Hint)
	}
	return d.Term.Confirm(ctx, term.Prompt{Text: q.What, Default: "no"})
}

// printed waits until the sheets are on paper. Paper jams: no is no end, where
// somebody can be asked again.
func (d *Desk) printed(ctx context.Context, q backup.Question) (bool, error) {
	d.Term.Note(q.What)
	d.Term.Note(q.Hint)
	for {
		yes, err := d.Term.Confirm(ctx, term.Prompt{Text: "is every sheet printed?", Default: "no"})
		if err != nil || yes || !d.Term.Interactive() {
			return yes, err
		}
		d.Term.Note("then print them, from another terminal; the files stay until you say yes. Ctrl-c gives them up")
	}
}

// Hidden implements backup.Desk.
func (d *Desk) Hidden(ctx context.Context, q backup.Question) (*secret.Buffer, error) {
	if q.ID == backup.AskBIP39Passphrase && d.Passphrase != nil {
		return d.Passphrase.Clone()
	}
	if !d.Asks {
		return nil, fault.New(fault.Usage, "missing: %s", q.What).WithHint("with --non_interactive nothing is asked")
	}
	if q.Hint != "" {
		d.Term.Note(q.Hint)
	}
	return d.Term.Hidden(ctx, term.Prompt{Text: q.What}, nil)
}

// Say implements backup.Desk.
func (d *Desk) Say(n backup.Notice) {
	if n.Good {
		d.Term.Note(n.What)
		d.heard = append(d.heard, n.What)
	} else {
		d.Term.Warn(n.What)
		d.heard = append(d.heard, "warning: "+n.What)
	}
	if n.Hint != "" {
		d.Term.Note("hint: " + n.Hint)
	}
}
