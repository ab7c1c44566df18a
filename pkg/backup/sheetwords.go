package backup

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/shamir"
)

// alphabetHelp says which characters there are, for whoever copies by hand.
const alphabetHelp = "Letters and digits, but no B, no I, no O and no 1: 0 is always zero."

// mark says in capitals that a set is no real one, or is empty.
func mark(f shamir.Flags) string {
	switch {
	case f.Has(shamir.Rehearsal | shamir.Practice):
		return "REHEARSAL AND PRACTICE - THIS SHEET GUARDS NOTHING"
	case f.Has(shamir.Rehearsal):
		return "REHEARSAL - THIS SHEET GUARDS NOTHING - DESTROY IT AFTERWARDS"
	case f.Has(shamir.Practice):
		return "PRACTICE - MADE FROM A PUBLISHED SECRET - GUARDS NOTHING"
	}
	return ""
}

// shortMark is the mark for a corner.
func shortMark(f shamir.Flags) string {
	word, _, _ := strings.Cut(mark(f), " - ")
	return word
}

// group is the group that the sheet is of.
func (d SheetData) group() shamir.Group { return d.Scheme.Groups[d.Sheet.Group()-1] }

// twoLevels tells whether there are several groups.
func (d SheetData) twoLevels() bool { return len(d.Scheme.Groups) > 1 }

// title says which sheet this is.
func (d SheetData) title() string {
	if d.twoLevels() {
		return fmt.Sprintf("Group %d, sheet %d of %d", d.Sheet.Group(), d.Sheet.Number(), d.group().Sheets)
	}
	return fmt.Sprintf("Sheet %d of %d", d.Sheet.Number(), d.group().Sheets)
}

// anyOf says how many of how many.
func anyOf(threshold, all int) string {
	if threshold == all {
		return fmt.Sprintf("all %d", all)
	}
	return fmt.Sprintf("any %d of %d", threshold, all)
}

// need says under the title what restores.
func (d SheetData) need() string {
	if !d.twoLevels() {
		return anyOf(d.group().Threshold, d.group().Sheets) + " sheets restore the secret"
	}
	own := "its one sheet"
	if g := d.group(); g.Sheets > 1 {
		own = anyOf(g.Threshold, g.Sheets) + " sheets"
	}
	return fmt.Sprintf("%s groups restore the secret; of group %d: %s", anyOf(d.Scheme.GroupThreshold, len(d.Scheme.Groups)), d.Sheet.Group(), own)
}

// groupNeeds says what each group needs; groups in a row that need the same are
// said together.
func (d SheetData) groupNeeds() string {
	var parts []string
	for i := 0; i < len(d.Scheme.Groups); {
		g, from := d.Scheme.Groups[i], i+1
		for i < len(d.Scheme.Groups) && d.Scheme.Groups[i] == g {
			i++
		}
		name, each := fmt.Sprintf("group %d", from), ""
		if i > from {
			name, each = fmt.Sprintf("groups %d to %d", from, i), "each "
		}
		if g.Sheets == 1 {
			parts = append(parts, name+" "+each+"its one sheet")
		} else {
			parts = append(parts, name+" "+each+anyOf(g.Threshold, g.Sheets))
		}
	}
	if len(parts) > 4 {
		return "each group as many as its sheets say"
	}
	return strings.Join(parts, ", ")
}

// enough names the sheets that are the secret.
func (d SheetData) enough() string {
	if d.twoLevels() {
		return fmt.Sprintf("The sheets of %d groups", d.Scheme.GroupThreshold)
	}
	return capital(inWords(d.group().Threshold)) + " sheets"
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// inWords writes small numbers out, as the beginning of a sentence needs.
func inWords(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// what says what the sheet is and what it is not.
func (d SheetData) what() string {
	text := "This is one part of a secret that was divided over several sheets of paper. Alone it reveals nothing. It is not a seed " +
		"phrase, and no wallet reads it. " + d.enough() + " of set " + d.Sheet.ID().String() + " in one place, on one disk, " +
		"stick or phone, or in one cloud ARE the secret: keep them apart, in different hands. Do not photograph, copy or " +
		"send this sheet; only a computer without any network may read it. Found it? Give it to its holder, named below, or the heirs."
	if d.Sheet.Protected() {
		text += " This sheet is PROTECTED: it is of no use without the passphrase that is written by hand below."
	}
	return text
}

// bring says what to bring together.
func (d SheetData) bring() string {
	set := d.Sheet.ID().String()
	if d.twoLevels() {
		return fmt.Sprintf("Bring the sheets of %s groups of set %s (of %s)", anyOf(d.Scheme.GroupThreshold, len(d.Scheme.Groups)), set, d.groupNeeds())
	}
	return fmt.Sprintf("Bring %s sheets of set %s", anyOf(d.group().Threshold, d.group().Sheets), set)
}

// step is a step of a restore; a command stands on its own line where there is
// room for it.
type step struct{ text, command string }

// withEthkey says how to restore with ethkey, from a sheet that has codes or
// from one that has only text.
func (d SheetData) withEthkey(codes bool) []step {
	typed := "Type the lines of each sheet (small letters will do, spaces do not matter, ? for what cannot be read)"
	if codes {
		typed += ", or let a scanner or camera of that computer read a code"
	}
	typed += "."
	if d.Sheet.Protected() {
		typed += " For this sheet the passphrase is asked as well."
	}
	return []step{
		{text: d.bring() + " to a computer without any network: no cable, no Wi-Fi."},
		{text: "Get the program ethkey from github.com/ethkey/ethkey on another computer, check its signature, carry it over on a stick."},
		{text: typed, command: "ethkey backup restore"},
		{text: "It says what is missing or mistyped, and at the end what the secret is, and asks whether to show it. Then take the sheets apart again."},
	}
}

// otherSteps are what else to do with the sheet.
var otherSteps = []step{
	{"once a year: tells whether this sheet is whole and, with the record, the original.", "ethkey backup check"},
	{"makes a lost sheet again from the others and the record.", "ethkey backup reissue"},
}

// withoutEthkey is the heading of the lines for a programmer.
const withoutEthkey = "Without ethkey (program and example: instruction sheet, or github.com/ethkey/ethkey)"

// instructions are the lines for a programmer as paragraphs: a line that ends
// with a full stop ends one.
func (d SheetData) instructions() []string {
	var paragraphs []string
	text := ""
	for _, line := range shamir.Instructions(d.Sheet) {
		text += line + " "
		if strings.HasSuffix(line, ".") {
			paragraphs, text = append(paragraphs, strings.TrimSpace(text)), ""
		}
	}
	return append(paragraphs, strings.TrimSpace(text))
}

// bip39 says whether a BIP-39 passphrase is used.
func (d SheetData) bip39() string {
	yes, no := "[  ]", "[  ]"
	switch d.BIP39 {
	case PassphraseYes:
		yes = "[X]"
	case PassphraseNo:
		no = "[X]"
	}
	return "BIP-39 passphrase used (it is never on a sheet):  yes " + yes + "   no " + no
}

// recordHash is the hash in groups of four, in two lines.
func recordHash(sum [32]byte) [2]string {
	return [2]string{inGroups(hex.EncodeToString(sum[:16])), inGroups(hex.EncodeToString(sum[16:]))}
}
