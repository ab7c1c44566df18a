package desk

import (
	"errors"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// maxSheetChars is more than any sheet has.
const maxSheetChars = 384

// sheetBlock is the question for a sheet.
func sheetBlock(title string, lines bool, heard []string) term.Block {
	how := ". Type a sheet line by line, or scan its code (ctrl-d: no more)"
	if !lines {
		how = ". Type a sheet, from EK1 to the end (ctrl-d: no more)"
	}
	return term.Block{
		Prompt: term.Prompt{Text: title + how, Flag: "--pictures"},
		Before: heard,
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
	lineEnd := (text.Len()-len(shamir.Prefix))%(shamir.GroupChars*shamir.LineGroups) == 0
	var length *shamir.LengthError
	switch {
	case errors.As(err, &length) && length.Chars < length.Expected[0]:
		return &term.More{Err: err, Want: length.Expected[0]}
	case length != nil && lineEnd && length.Longer > 0:
		return &term.More{Err: err, Want: length.Longer}
	case damage != nil && lineEnd && damage.Longer > 0:
		if damage.Short {
			return &term.More{Err: err, Want: damage.Longer}
		}
		return &term.More{Err: fmt.Errorf("%w; if the paper has more lines, type on", err), Want: damage.Longer, Doubt: true}
	}
	return err
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
