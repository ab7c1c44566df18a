package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// How a sheet was read back.
const (
	readTyped   = "typed"
	readPicture = "picture"
	notReadBack = "no"
)

func how(r Reading) string {
	if r.Picture {
		return readPicture
	}
	return readTyped
}

// papers are sheets that were made and are on their way to paper. The fields
// are by sheet.
type papers struct {
	desk    Desk
	folder  string
	set     string
	noCheck bool

	sheets []*shamir.Sheet
	words  []*secret.Buffer // their passphrases, nil for none
	pages  [][]byte
	files  []*sheetFile
	back   []string // how each was read back, "" for not yet
}

// write puts the pages into the folder.
func (p *papers) write(ctx context.Context, fsys atomicfile.FS, name func(*shamir.Sheet) string) (err error) {
	p.files = make([]*sheetFile, len(p.sheets))
	p.back = make([]string, len(p.sheets))
	for i, sheet := range p.sheets {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.files[i], err = writeSheetFile(fsys, name(sheet), p.pages[i]); err != nil {
			return err
		}
	}
	return nil
}

// print has the sheets printed and read back, each of which is then removed.
func (p *papers) print(ctx context.Context) error {
	if err := p.printed(ctx); err != nil {
		return err
	}
	for i, words := range p.words {
		if words != nil {
			if err := showPassphrase(ctx, p.desk, p.sheets[i], words); err != nil {
				return err
			}
		}
	}
	unchecked, err := p.unchecked(ctx)
	if err != nil {
		return err
	}
	for i := range p.back {
		if unchecked {
			p.back[i] = notReadBack
			if err := p.files[i].remove(); err != nil {
				return err
			}
		}
	}
	for len(p.missing()) > 0 {
		if err := p.readBack(ctx); err != nil {
			return err
		}
	}
	return nil
}

// printed waits until the person says that the files are on paper.
func (p *papers) printed(ctx context.Context) error {
	names := make([]string, len(p.files))
	for i, f := range p.files {
		names[i] = f.name
	}
	until := "when its sheet has been read back"
	if p.noCheck {
		until = "once the sheets count as made, though none was read back"
	}
	yes, err := p.desk.Confirm(ctx, Question{
		ID:   AskPrinted,
		What: fmt.Sprintf("print every sheet now, from another terminal, such as with lp; they are in %s: %s", p.folder, strings.Join(names, ", ")),
		Hint: "each file is removed " + until + "; enough of these files are the secret",
	})
	if err == nil && !yes {
		err = fault.New(fault.Refused, "the sheets were not printed, so they do not count").WithHint("destroy what was printed, and begin again; no file is left")
	}
	return err
}

// showPassphrase shows the passphrase of a sheet, once.
func showPassphrase(ctx context.Context, desk Desk, sheet *shamir.Sheet, words *secret.Buffer) error {
	return desk.Show(ctx, Page{
		Title: fmt.Sprintf("The passphrase of %s of set %s", sheet.Name(), sheet.ID()),
		Lines: []string{
			"Write it on the sheet by hand. It is not printed, so that no printer knows it,",
			"and it is not shown again. Without it the sheet is lost.",
		},
		Secret: words,
	})
}

func (p *papers) unchecked(ctx context.Context) (bool, error) {
	if !p.noCheck {
		return false, nil
	}
	return p.desk.Confirm(ctx, Question{
		ID: AskUnchecked, What: "count the sheets as made although none is read back?",
		Hint: "one that cannot be read is then found on the day that it is needed; the history says that they were not read back",
	})
}

// missing are the names of the sheets that have not been read back.
func (p *papers) missing() []string {
	var names []string
	for i, sheet := range p.sheets {
		if p.back[i] == "" {
			names = append(names, sheet.Name())
		}
	}
	return names
}

// checked tells whether every sheet was read back.
func (p *papers) checked() bool {
	for _, how := range p.back {
		if how == notReadBack {
			return false
		}
	}
	return true
}

func (p *papers) readBack(ctx context.Context) error {
	readings, err := p.desk.Read(ctx, Ask{For: ForReadBack, Set: p.set, Missing: p.missing()})
	defer closeAll(readings)
	if errors.Is(err, io.EOF) {
		return fault.New(fault.Refused, "not every sheet was read back, so they do not count: %s missing", strings.Join(p.missing(), ", ")).
			WithHint("destroy what was printed, and begin again")
	}
	if err != nil {
		return err
	}
	for _, r := range readings {
		if err := p.judge(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func closeAll(readings []Reading) {
	for _, r := range readings {
		r.Text.Close()
	}
}

// judge compares a sheet that was read back with those that were made.
func (p *papers) judge(ctx context.Context, r Reading) error {
	sheet, _, err := readSheet(ctx, p.desk, r)
	if sheet == nil || err != nil {
		return err
	}
	defer sheet.Close()
	i := p.index(sheet)
	switch {
	case i < 0:
		p.desk.Say(Notice{
			What: at(r.Where, fmt.Sprintf("this is %s of set %s, and not one that was just made", sheet.Name(), sheet.ID())),
			Hint: "read back " + strings.Join(p.missing(), ", ") + " of set " + p.set + ", just printed",
		})
		return nil
	case p.back[i] != "":
		p.desk.Say(Notice{What: at(r.Where, fmt.Sprintf("%s was read back already", sheet.Name()))})
		return nil
	}
	if ok, err := opens(ctx, p.desk, sheet); !ok || err != nil {
		return err
	}
	if err := p.files[i].remove(); err != nil {
		return err
	}
	p.back[i] = how(r)
	p.desk.Say(Notice{Good: true, What: at(r.Where, fmt.Sprintf("%s is as it was made; its file is removed", sheet.Name())), Hint: p.still()})
	return nil
}

// index finds the sheet that was made and is this one, to the last character.
func (p *papers) index(sheet *shamir.Sheet) int {
	for i, made := range p.sheets {
		if same(made, sheet) {
			return i
		}
	}
	return -1
}

// opens has the passphrase of a sheet read back too, from the handwriting.
func opens(ctx context.Context, desk Desk, sheet *shamir.Sheet) (bool, error) {
	if !sheet.Protected() {
		return true, nil
	}
	plain, err := unlock(ctx, desk, sheet)
	plain.Close()
	return plain != nil, err
}

func (p *papers) still() string {
	if missing := p.missing(); len(missing) > 0 {
		return "still to be read: " + strings.Join(missing, ", ")
	}
	return ""
}

// remove takes away what is left in the folder, and says what stays.
func (p *papers) remove() error {
	var left []string
	for _, f := range p.files {
		if err := f.remove(); err != nil {
			left = append(left, err.Error())
		}
	}
	if left == nil {
		return nil
	}
	return fault.New(fault.Environment, "%s", strings.Join(left, "; ")).WithHint("remove it by hand: it holds a sheet")
}

// wipe forgets sheets, passphrases and pages.
func (p *papers) wipe() {
	for _, sheet := range p.sheets {
		sheet.Close()
	}
	for _, w := range p.words {
		w.Close()
	}
	for _, page := range p.pages {
		secret.Wipe(page)
	}
	p.sheets, p.words, p.pages = nil, nil, nil
}

// ended removes what is left of the files, whatever came before.
func (p *papers) ended(err error) error {
	left := p.remove()
	switch {
	case left == nil && len(p.files) > 0 && fault.KindOf(err) == fault.Interrupted:
		return fault.New(fault.Interrupted, "%w", err).WithHint("what was printed does not count: destroy it; no file is left")
	case left == nil || err == nil:
		return errors.Join(err, left)
	}
	return fault.New(fault.KindOf(err), "%w; %s", err, left.Error()).WithHint("%s", fault.HintOf(left))
}
