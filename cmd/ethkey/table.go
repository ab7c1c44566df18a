package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/term"
)

// columnGap stands between two columns.
const columnGap = 2

// cells are the columns of a row, with tabs between.
func cells(format string, args ...any) []string {
	return strings.Split(fmt.Sprintf(format, args...), "\t")
}

// table lays out rows, of which the first one names the columns. Where a
// terminal is too narrow for it public keys are shortened, since a row that
// breaks inside a key cannot be read; the last column may go on below.
func (p *page) table(rows [][]string) {
	widths := columnWidths(rows)
	short := p.width != 0 && lineWidth(widths) > p.width
	if short {
		short = shorten(rows)
		widths = columnWidths(rows)
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(term.Safe(cell))
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-term.Columns(term.Safe(cell))+columnGap))
			}
		}
		p.line(strings.TrimRight(line.String(), " "), 2*columnGap)
	}
	if short {
		p.line("(public keys are shortened to fit; --json and a pipe have them whole)", columnGap)
	}
}

// columnWidths is how wide each column must be.
func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], term.Columns(term.Safe(cell)))
		}
	}
	return widths
}

func lineWidth(widths []int) int {
	sum := columnGap * (len(widths) - 1)
	for _, w := range widths {
		sum += w
	}
	return sum
}

// wholeKey is a public key as it stands in a row.
var wholeKey = regexp.MustCompile(`^0x[0-9a-f]{96}$`)

// shorten leaves of each public key its first and last digits, and says
// whether there was one.
func shorten(rows [][]string) bool {
	found := false
	for i, row := range rows {
		rows[i] = slices.Clone(row)
		for j, cell := range row {
			if wholeKey.MatchString(cell) {
				rows[i][j] = shortKey(cell)
				found = true
			}
		}
		if last := len(row) - 1; row[last] == "-" {
			rows[i][last] = "" // it would stand on a line of its own
		}
	}
	return found
}

// shortKey is the beginning and the end of a public key.
func shortKey(key string) string { return key[:10] + ".." + key[len(key)-4:] }
