package desk

import (
	"context"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
)

// Show implements backup.Desk.
func (d *Desk) Show(ctx context.Context, page backup.Page) error { return Show(ctx, d.Term, page) }

// Show puts a secret on a page that is wiped.
func Show(ctx context.Context, t *term.Terminal, page backup.Page) error {
	return t.Page(ctx, func(w io.Writer, cols int) {
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
