package backup

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/shamir"
)

// alphabetHelp says which characters there are, for whoever copies by hand.
const alphabetHelp = "Letters and digits used: Q P Z R Y 9 X 8 G F 2 T V D W 0 S 3 J N 5 4 K H C E 6 M U A 7 L. " +
	"0 is the digit; there is no B, I, O or 1."

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

// group is the group that the sheet is of.
func (d SheetData) group() shamir.Group { return d.Scheme.Groups[d.Sheet.Group()-1] }

// twoLevels tells whether there are several groups.
func (d SheetData) twoLevels() bool { return len(d.Scheme.Groups) > 1 }

// title says which sheet this is.
func (d SheetData) title() string {
	if d.twoLevels() {
		return fmt.Sprintf("Group %d, share %d of %d", d.Sheet.Group(), d.Sheet.Number(), d.group().Sheets)
	}
	return fmt.Sprintf("Share %d of %d", d.Sheet.Number(), d.group().Sheets)
}

// any says how many of how many.
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
	return anyOf(d.Scheme.GroupThreshold, len(d.Scheme.Groups)) + " groups restore the secret"
}

// scheme says for two levels what each group needs; groups in a row that need
// the same are said together.
func (d SheetData) scheme() string {
	if !d.twoLevels() {
		return ""
	}
	var parts []string
	for i := 0; i < len(d.Scheme.Groups); {
		g, from := d.Scheme.Groups[i], i+1
		for i < len(d.Scheme.Groups) && d.Scheme.Groups[i] == g {
			i++
		}
		name := fmt.Sprintf("group %d", from)
		if i > from {
			name = fmt.Sprintf("groups %d to %d each", from, i)
		}
		if g.Sheets == 1 {
			parts = append(parts, name+": its one sheet")
		} else {
			parts = append(parts, fmt.Sprintf("%s: %s sheets", name, anyOf(g.Threshold, g.Sheets)))
		}
	}
	return "Each group needs its own sheets - " + strings.Join(parts, "; ") + "."
}

// enough names the sheets that are the secret.
func (d SheetData) enough() string {
	switch {
	case d.twoLevels():
		return fmt.Sprintf("The sheets of %d groups", d.Scheme.GroupThreshold)
	case d.group().Threshold == d.group().Sheets:
		return fmt.Sprintf("The %d sheets", d.group().Sheets)
	}
	return fmt.Sprintf("%s sheets", strings.ToUpper(anyNumber(d.group().Threshold)[:1])+anyNumber(d.group().Threshold)[1:])
}

// anyNumber writes small numbers out, as the beginning of a sentence needs.
func anyNumber(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// what says what the sheet is and what it is not.
func (d SheetData) what() string {
	text := "This is one part of a secret that was divided over sheets of paper. Alone it reveals nothing. It is not a seed " +
		"phrase, and no wallet reads it. " + d.enough() + " of set " + d.Sheet.ID().String() + " in one place, on one disk, " +
		"stick or phone, or in one cloud ARE the secret: keep the sheets apart, in different hands. Do not photograph, scan, " +
		"copy or send this sheet; a code is to be read only by a computer that has no network, when restoring or checking."
	if d.twoLevels() {
		text += " " + d.scheme()
	}
	return text
}

// bring says what to bring together.
func (d SheetData) bring() string {
	set := d.Sheet.ID().String()
	switch {
	case d.twoLevels():
		return fmt.Sprintf("Bring the sheets of %d groups of set %s together (how many of each group: see above)", d.Scheme.GroupThreshold, set)
	case d.group().Threshold == d.group().Sheets:
		return fmt.Sprintf("Bring all %d sheets of set %s together", d.group().Sheets, set)
	}
	return fmt.Sprintf("Bring any %d of the %d sheets of set %s together", d.group().Threshold, d.group().Sheets, set)
}

// withEthkey says how to restore with ethkey.
func (d SheetData) withEthkey() []string {
	steps := []string{
		d.bring() + ", at a computer without any network: no cable, no Wi-Fi, no telephone.",
		"Get the program ethkey (github.com/ethkey/ethkey) on another computer, check its signature as its page " +
			"\"verify a release\" says, and carry it over on a stick.",
		"Run:  ethkey backup restore   and type the lines of each sheet (capitals or not, spaces do not matter), or let a scanner " +
			"or camera of that computer read a code. A character that cannot be read: type ?",
		"ethkey says what is missing or mistyped, and on which line. Take the sheets apart again afterwards.",
	}
	if d.Sheet.Protected() {
		steps[2] += ". It asks for the passphrase of this sheet, which is written by hand below."
	}
	return steps
}

// other is what else to do with the sheet.
const otherCommands = "Once a year, alone:  ethkey backup check   tells whether this sheet is whole and the right one. " +
	"A sheet is lost:  ethkey backup reissue   makes it again from the others."

// bip39 says whether a BIP-39 passphrase is used.
func (d SheetData) bip39() string {
	yes, no := "[ ]", "[ ]"
	switch d.BIP39 {
	case PassphraseYes:
		yes = "[X]"
	case PassphraseNo:
		no = "[X]"
	}
	return "BIP-39 passphrase used:  yes " + yes + "   no " + no
}

// recordHash is the hash in groups of four, in two lines.
func recordHash(sum [32]byte) [2]string {
	var lines [2]string
	for i := range lines {
		var groups []string
		for _, pair := range [8]int{0, 2, 4, 6, 8, 10, 12, 14} {
			groups = append(groups, hex.EncodeToString(sum[16*i+pair:16*i+pair+2]))
		}
		lines[i] = strings.Join(groups, " ")
	}
	return lines
}
