package backup

import (
	"fmt"
	"strings"
	"time"

	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// exampleSheets are those of docs/recover-without-ethkey.md: a practice set of
// a published test vector of BIP-39, any two of which restore.
var exampleSheets = [...]string{
	"EK1PX75JCZYFQSZUZ5EG6SVSN4M8PKY5F4ELRF87YL4V6JFAX7Y73AAL2K3F05TZDWV9YVF5Y0HEUNXGC5U780Q2UNLMV7WR9X2",
	"EK1PX75JCZYFPQZ67WVAX7RAF5U7CM6YFFFCVWE6MH7ERSMC062E83CUNC7S28PCLKXJ7MGNEAN2QC693Q0QD3GDQ38HEUV2SFJ",
	"EK1PX75JCZYFPSZYYTGMS4ER5NCJRMTZR9AUHX3A5YSTH9N65RYFTWVGCMFC5LWMXF8X3HUSVDLJKJUYVX76UL0J78NFMF7XRRA",
}

// exampleSecret is what they restore.
const exampleSecret = "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"

const instructionsWhat = `You hold a sheet of paper with two square codes and lines of letters that begin with EK1, or you help somebody who does. A secret was divided over several such sheets. One sheet alone says nothing. As many as each of them says ("any 3 of 5") give the secret back; any of them will do, in any order. All must be of one set: the five large characters at the top right are the same.
Whoever has enough sheets in one place has the secret. Read this page to the end before sheets are brought together. Nobody who asks for a photograph of a sheet, or for its letters by telephone or mail, has a good reason.`

// A line of four spaces and a command stands out.
var instructionsWith = []string{
	`Take a computer that will never need a network again, or start one from a stick (Debian live, Tails) with its cable out and its radios off.`,
	`On another computer get ethkey from github.com/ethkey/ethkey, check it as the page "verify a release" there says, and carry it over on a stick.`,
	"Try it without risk: this makes a set that guards nothing.\n    ethkey backup practise",
	"Run this, and follow it:\n    ethkey backup restore\nType the lines of each sheet, or let a scanner or camera that is plugged into that computer read a code. It says what is missing and which line is mistyped, and asks at the end whether to show the secret. For keystores of validators, without its being shown:\n    ethkey backup restore keystores",
	`Take the sheets apart again. Switch the computer off.`,
}

var instructionsWithout = []string{
	`Any computer with Python 3 and without a network will do. Nothing needs to be installed.`,
	`Copy the first listing into a file, recover.py. Every space at the beginning of a line counts. Try it with the example.`,
	`Write the sheets into a file, sheets.txt, line by line as on the paper, without the numbers of the lines. Each begins with EK1. Small letters will do. No sheet has a B, an I, an O or, but in EK1, a 1.`,
	"Run the first of these or, for words, the second; english.txt is the word list of BIP-39 in the language of the words, 2048 of them, one a line. The repository bitcoin/bips has it, and countless other places.\n    python3 recover.py sheets.txt\n    python3 recover.py sheets.txt english.txt",
	`WRONG: nothing it could print would be right. Compare every letter with the paper, then try other sheets.`,
	"If a sheet has a passphrase, if there are groups, for an age identity, or to find the sheet that is mistyped, copy the second listing as well, into recover_more.py, and run that, for words with english.txt behind it:\n    python3 recover_more.py sheets.txt",
	`Copy what it prints to where it belongs. Destroy the files, or better the disk they were on.`,
}

const instructionsSecret = `Words of BIP-39 go into any wallet or validator tool. The number of their language is 0 English, 1 Chinese (simplified), 2 Chinese (traditional), 3 Czech, 4 French, 5 Italian, 6 Japanese, 7 Korean, 8 Portuguese, 9 Spanish. "Used with a passphrase": another word or sentence belongs to them, which is on no sheet.
A password opens keystores. A secret key is a number, the signing key of a validator (EIP-2335), in hexadecimal. No validator may sign in two places: its stake would be slashed. An age identity opens a file that the program age encrypted: recover_more.py prints the line AGE-SECRET-KEY-1... for it, which goes into identity.txt; then   age -d -i identity.txt FILE.age`

// ComposeInstructions returns the public instruction sheet as a PDF: how to
// restore with ethkey and without, and a worked example.
func ComposeInstructions(made time.Time, size paper.Size) ([]byte, error) {
	d := newPublicPages(size, made.UTC().Truncate(24*time.Hour), "How to restore from EK1 sheets - public: no share, no secret", "")
	d.title("How to restore from EK1 sheets", "The public instruction sheet: it holds no share and no secret. Keep one with every sheet, and one with the will.")
	d.section("What you have", instructionsWhat)
	d.steps("With the program ethkey", instructionsWith)
	d.steps("Without ethkey", instructionsWithout)
	d.section("What the secret is", instructionsSecret)
	d.listing("The first listing: recover.py", shamir.RecoverScript())
	d.example()
	d.listing("The second listing: recover_more.py", shamir.RecoverMoreScript())
	return d.document.PDF()
}

// Fonts of the public pages.
var (
	publicFont  = paper.Font{Points: 10}
	commandFont = paper.Font{Mono: true, Bold: true, Points: 10}
)

const publicLeading = 4.5

func (d *recordPages) section(heading, text string) {
	d.heading(heading)
	d.paragraph(publicFont, publicLeading, text)
	d.y += 2
}

// steps are numbered; a line that begins with spaces is a command.
func (d *recordPages) steps(heading string, steps []string) {
	const indent = 6
	d.heading(heading)
	for i, step := range steps {
		d.room(4 * publicLeading)
		d.page.Text(d.left, d.y+0.27*publicFont.Points, publicFont, fmt.Sprintf("%d.", i+1))
		for line := range strings.SplitSeq(step, "\n") {
			font, x := publicFont, d.left+indent
			if strings.HasPrefix(line, " ") {
				font, x = commandFont, x+indent
			}
			d.y = d.page.Paragraph(x, d.y, d.right-x, font, publicLeading, line)
		}
	}
	d.y += 2
}

// listing prints a program with its spaces, on one page.
func (d *recordPages) listing(name, program string) {
	lines := strings.Split(strings.TrimSuffix(program, "\n"), "\n")
	const leading = 3.45
	d.room(12 + leading*float64(len(lines)))
	d.heading(name)
	for _, line := range lines {
		d.page.Text(d.left, d.y+2.2, hexFont, line)
		d.y += leading
	}
	d.y += 2
}

// example is a worked example: to prove a program before a real sheet is
// touched.
func (d *recordPages) example() {
	d.room(12 + 8*float64(2+len(exampleSheets)))
	d.heading("The example")
	d.paragraph(publicFont, publicLeading, "A practice set of a published secret: any 2 of these 3 sheets restore it. Put the first and the third into sheets.txt.")
	d.y++
	for i, sheet := range exampleSheets {
		text := fmt.Sprintf("(%d) ", i+1) + shamir.Prefix
		for rest := sheet[len(shamir.Prefix):]; rest != ""; rest = rest[min(shamir.GroupChars, len(rest)):] {
			text += " " + rest[:min(shamir.GroupChars, len(rest))]
		}
		for _, line := range d.document.Wrap(hexFont, d.right-d.left, text) {
			d.page.Text(d.left, d.y+2.2, hexFont, line)
			d.y += smallLeading
		}
		d.y++
	}
	d.paragraph(publicFont, publicLeading, "They give   kind: BIP-39 entropy, language 0   and   secret: "+exampleSecret+
		"   which are the words   legal winner thank year wave sausage worth useful legal winner thank yellow")
	d.y += 2
}
