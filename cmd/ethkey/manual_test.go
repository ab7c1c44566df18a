package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/testkit"
)

var update = flag.Bool("update", false, "write man pages, completions and golden files anew")

// Man pages and completions are what the commands say of themselves. `make
// generate` writes them.
func TestManPagesAndCompletionsAreFresh(t *testing.T) {
	root := testkit.ModuleRoot(t)
	for folder, want := range map[string]map[string][]byte{
		filepath.Join(root, "docs", "man"): manPages(newRoot(&env{})),
		filepath.Join(root, "completions"): completions(t, newRoot(&env{})),
	} {
		if *update {
			rewrite(t, folder, want)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if _, ok := want[e.Name()]; !ok {
				t.Errorf("%s is of no command; run make generate", filepath.Join(folder, e.Name()))
			}
		}
		for name, text := range want {
			if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%s is stale; run make generate", filepath.Join(folder, name))
			}
		}
	}
}

func rewrite(t *testing.T, folder string, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func completions(t *testing.T, root *cobra.Command) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, write := range map[string]func(io.Writer) error{
		"ethkey.bash": func(w io.Writer) error { return root.GenBashCompletionV2(w, true) },
		"_ethkey":     root.GenZshCompletion,
		"ethkey.fish": func(w io.Writer) error { return root.GenFishCompletion(w, true) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
	}
	return files
}

// manPages returns a page for every command that help shows, but for the
// shells of completion, whose texts are cobra's.
func manPages(root *cobra.Command) map[string][]byte {
	pages := map[string][]byte{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		pages[pageName(cmd)+".1"] = manPage(cmd)
		for _, c := range listed(cmd) {
			walk(c)
		}
	}
	walk(root)
	return pages
}

func listed(cmd *cobra.Command) (out []*cobra.Command) {
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && cmd.Name() != "completion" && c.Name() != "help" {
			out = append(out, c)
		}
	}
	return out
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// roff is a page in the language of man(7).
type roff struct{ bytes.Buffer }

// escape keeps roff from reading text as instructions, and hyphens from
// becoming dashes, which nobody could paste.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

func (r *roff) line(format string, args ...any) { fmt.Fprintf(r, format+"\n", args...) }

func manPage(cmd *cobra.Command) []byte {
	cmd.InitDefaultHelpFlag()
	r := &roff{}
	r.line(`.\" Written by make generate; what it says is in cmd/ethkey.`)
	r.line(`.TH %s 1 "" ethkey "ethkey manual"`, strings.ToUpper(escape(pageName(cmd))))
	r.line(".SH NAME\n%s \\- %s", escape(pageName(cmd)), escape(cmd.Short))
	words := strings.Fields(usageLine(cmd))
	r.line(".SH SYNOPSIS\n\\fB%s\\fR %s", escape(cmd.CommandPath()), escape(strings.Join(words[len(strings.Fields(cmd.CommandPath())):], " ")))
	r.line(".SH DESCRIPTION")
	r.text(cmp.Or(strings.TrimSpace(cmd.Long), cmd.Short))
	for _, g := range groups {
		r.commands(cmd, g)
	}
	r.flags("FLAGS", cmd.NonInheritedFlags(), cmd.HasParent(), speller(cmd))
	r.flags("FLAGS OF EVERY COMMAND, BEFORE OR AFTER IT", cmd.InheritedFlags(), true, dropin.Spell)
	if !strings.Contains(cmd.Long, "EXIT CODES") {
		r.text(exitCodes)
	}
	r.seeAlso(cmd)
	return r.Bytes()
}

var heading = regexp.MustCompile(`^[A-Z][A-Z ,-]+$`)

// text sets what help says: a line of capitals is a heading, indented lines
// stand as they are, and the others are filled.
func (r *roff) text(text string) {
	asIs, fresh := false, true // fresh: a heading or a paragraph begins here
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		indented := strings.HasPrefix(line, "  ")
		if asIs && !indented {
			r.line(".fi")
			asIs, fresh = false, false
		}
		switch {
		case heading.MatchString(line):
			r.line(".SH %s", escape(line))
			fresh = true
		case line == "":
			r.line(".PP")
			fresh = true
		case indented && !asIs:
			if !fresh {
				r.line(".PP")
			}
			r.line(".nf\n%s", escape(line[2:]))
			asIs, fresh = true, false
		case indented:
			r.line("%s", escape(line[2:]))
		default:
			r.line("%s", escape(line))
			fresh = false
		}
	}
	if asIs {
		r.line(".fi")
	}
}

func (r *roff) commands(cmd *cobra.Command, g *cobra.Group) {
	titled := false
	for _, c := range listed(cmd) {
		if c.GroupID != g.ID {
			continue
		}
		if !titled {
			r.line(".SH %s", escape(g.Title))
			titled = true
		}
		r.line(".TP\n\\fB%s\\fR(1)\n%s", escape(pageName(c)), escape(c.Short))
	}
}

func (r *roff) flags(title string, flags *pflag.FlagSet, sub bool, spell func(string) string) {
	flags.SortFlags = false
	titled := false
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "version" && sub {
			return
		}
		if !titled {
			r.line(".SH %s", escape(title))
			titled = true
		}
		name, kind, text := flagWords(f, spell)
		r.line(".TP\n\\fB%s\\fR%s", escape(name), strings.TrimSuffix(` \fI`+escape(kind)+`\fR`, ` \fI\fR`))
		r.line("%s", strings.ReplaceAll(escape(text), "\n", " "))
	})
}

// seeAlso names the page above, and those beside: below is COMMANDS.
func (r *roff) seeAlso(cmd *cobra.Command) {
	if !cmd.HasParent() {
		return
	}
	also := []string{pageName(cmd.Parent())}
	for _, c := range listed(cmd.Parent()) {
		if c != cmd && c.GroupID == cmd.GroupID {
			also = append(also, pageName(c))
		}
	}
	slices.Sort(also)
	r.line(".SH SEE ALSO")
	for i, name := range also {
		comma := ","
		if i == len(also)-1 {
			comma = ""
		}
		r.line(".BR %s (1)%s", escape(name), comma)
	}
}
