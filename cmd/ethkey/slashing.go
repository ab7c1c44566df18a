package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashing(e *env, g *globalFlags) *cobra.Command {
	return newGroup("slashing", "files of signing history (EIP-3076): look, mend, shape, prove",
		newSlashingInspect(e, g), newSlashingCheck(e, g), newSlashingRepair(e, g), newSlashingAudit(e, g),
		newSlashingMerge(e, g), newSlashingMinify(e, g), newSlashingFilter(e, g), newSlashingSplit(e, g),
		newSlashingDiff(e, g), newSlashingCover(e, g), newSlashingRaise(e, g), newSlashingConvert(e, g),
		newSlashingExplain(e, g), newSlashingVerifyImport(e, g), newSlashingSign(e, g), newSlashingVerify(e, g))
}

// standardStream stands for standard input or output.
const standardStream = "-"

// history is what the commands on files of signing history share: where the
// result goes, how the report is printed, and which chain the file is of.
type history struct {
	e      *env
	g      *globalFlags
	out    string
	json   bool
	client string // --for
	over   string // --over
	piped  bool   // standard input was read
}

// addReport adds --json.
func (h *history) addReport(f *pflag.FlagSet) {
	f.BoolVar(&h.json, "json", false, "print the report as JSON")
}

// addOut adds where the result is written.
func (h *history) addOut(f *pflag.FlagSet) {
	f.StringVar(&h.out, "out", standardStream, "`FILE` to write, which must not exist; - is standard output")
	h.addReport(f)
}

// addFor adds the shaping for a client.
func (h *history) addFor(f *pflag.FlagSet) {
	f.StringVar(&h.client, "for", "", "shape the file for `CLIENT`: "+slashingdb.ClientNames())
	h.addOver(f)
}

func (h *history) addOver(f *pflag.FlagSet) {
	f.StringVar(&h.over, "over", "", "the `EXPORT` of that client, where it has a history already")
}

// historyArgs wants so many names of files, or at least so many.
func historyArgs(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least || most > 0 && len(args) > most {
			return fault.New(fault.Usage, "%s needs %s; found %d names", cmd.CommandPath(), what, len(args)).
				WithHint("- is standard input; see '%s --help'", cmd.CommandPath())
		}
		pipes := 0
		for _, name := range args {
			if name == standardStream {
				pipes++
			}
		}
		if pipes > 1 {
			return onceOnly()
		}
		return nil
	}
}

// onceOnly refuses to take one input for two things.
func onceOnly() error {
	return fault.New(fault.Usage, "- stands for standard input, which can be read once").WithHint("save it to a file, and name that")
}

// oneFile wants the name of one file.
var oneFile = historyArgs(1, 1, "one file")

// read opens a file, or standard input, and names it in whatever goes wrong.
func (h *history) read(name string, use func(r io.Reader) error) error {
	return h.stream(name, func(shown string, r io.Reader) error {
		err := use(r)
		if err == nil || errors.Is(err, slashingdb.ErrMetadataLast) || ofOutput(err, h.e.stdout) {
			return err
		}
		return fault.New(fault.KindOf(err), "%s: %w", shown, err)
	})
}

// stream opens a file, or standard input, and tells how it is called.
func (h *history) stream(name string, use func(shown string, r io.Reader) error) error {
	if name == standardStream {
		if h.piped {
			return onceOnly()
		}
		h.piped = true
		in, err := h.e.piped()
		if err != nil {
			return err
		}
		defer in.Close()
		if h.e.term.Interactive() {
			h.e.term.Note("reading standard input; Ctrl-D ends it")
		}
		return use("standard input", in)
	}
	f, err := h.e.read(name)
	if err != nil {
		return fault.New(fault.Refused, "%w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return fault.New(fault.Environment, "%w", err)
	case info.IsDir():
		return fault.New(fault.Refused, "%s is a folder; expected a file", name)
	case info.Mode()&(fs.ModeDevice|fs.ModeSocket|fs.ModeIrregular) != 0:
		return fault.New(fault.Refused, "%s is a device; expected a file", name)
	}
	return use(name, &progressReader{r: f, size: info.Size(), show: h.e.term.Progress("MiB of " + filepath.Base(name))})
}

// untilDone reads until the run is to end.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}

// progressReader tells how far into a large file the reading is.
type progressReader struct {
	r          io.Reader
	done, size int64
	show       func(done, total int)
}

// Read implements io.Reader.
func (p *progressReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.done += int64(n)
	if p.size >= 64<<20 {
		p.show(int(p.done>>20), int(p.size>>20))
	}
	return n, err
}

// Seek implements io.Seeker, as far as what is read can seek.
func (p *progressReader) Seek(offset int64, whence int) (int64, error) {
	s, ok := p.r.(io.Seeker)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	at, err := s.Seek(offset, whence)
	if err == nil {
		p.done = at
	}
	return at, err
}

// table reads a file in its minimal form, and says what was let pass.
func (h *history) table(ctx context.Context, name string, o slashingdb.ReadOptions) (*slashingdb.Table, error) {
	var t *slashingdb.Table
	err := h.read(name, func(r io.Reader) error {
		table, reading, err := slashingdb.ReadTable(ctx, r, o)
		if err == nil {
			t = table
			h.deviations(name, reading)
		}
		return err
	})
	return t, err
}

// deviations says what a file has that EIP-3076 has not.
func (h *history) deviations(name string, r *slashingdb.Reading) {
	for _, d := range r.Deviations {
		h.e.term.Note(fmt.Sprintf("note: %s: %s (%s, first at %s)", name, d.What, some(d.Count, "time"), d.First))
	}
}

// chain returns the network that the flags name, or nil.
func (h *history) chain(cmd *cobra.Command) (*network.Network, error) {
	f := cmd.Flags()
	if !f.Changed("chain") && !f.Changed("chain-file") && !f.Changed("devnet-chain-setting") {
		return nil, nil
	}
	s := h.e.session(cmd, h.g)
	s.Interactive = false
	c := dropin.NewNetwork(s)
	if err := s.Resolve(cmd.Context(), c.Options()); err != nil {
		return nil, err
	}
	n, err := c.Chosen()
	if err != nil {
		return nil, err
	}
	if n.GenesisValidatorsRoot == nil {
		return nil, fault.New(fault.Refused, "the genesis validators root of %s is not known", n.Name).
			WithHint("name it with a custom chain file: --chain-file")
	}
	return &n, nil
}

// rootOf is the root of a network, or nil where none is named.
func rootOf(n *network.Network) *beacon.Root {
	if n == nil {
		return nil
	}
	return n.GenesisValidatorsRoot
}

// named gives a table the chain that the flags name, or refuses it when it is
// another's; and returns the chain, by the flags or by the file.
func (h *history) named(cmd *cobra.Command, t *slashingdb.Table) (slashingdb.Chain, error) {
	n, err := h.chain(cmd)
	if err != nil {
		return slashingdb.Chain{}, err
	}
	if n != nil {
		if root := t.GenesisValidatorsRoot; root != nil && *root != *n.GenesisValidatorsRoot {
			return slashingdb.Chain{}, fault.New(fault.Refused, "the file is of %s, and not of %s: its genesis_validators_root is %s", chainName(root), n.Name, root).
				WithHint("a key signs on one chain; find out whether the file or --chain is wrong")
		}
		if err := t.Merge(slashingdb.NewTable(n.GenesisValidatorsRoot)); err != nil {
			return slashingdb.Chain{}, err
		}
		return chainOf(*n), nil
	}
	c := slashingdb.FindChain(slashingdb.Chains(network.Builtin()), t.GenesisValidatorsRoot)
	c.Name = chainName(t.GenesisValidatorsRoot)
	return c, nil
}

// chainName is the name of the network of a root.
func chainName(root *beacon.Root) string {
	if c := slashingdb.FindChain(slashingdb.Chains(network.Builtin()), root); c.Name != "" {
		return c.Name
	}
	return unknownChain
}

// unknownChain stands where the name of a network would.
const unknownChain = "an unknown chain"

func chainOf(n network.Network) slashingdb.Chain {
	c, _ := slashingdb.ChainOf(n) // without its times, where they are not known
	return c
}

// shape shapes a table for --for, if that is given.
func (h *history) shape(ctx context.Context, t *slashingdb.Table) (*slashingdb.Table, *slashingdb.Shaped, error) {
	if h.client == "" {
		if h.over != "" {
			return nil, nil, fault.New(fault.Usage, "--over belongs to --for")
		}
		return t, nil, nil
	}
	client, err := slashingdb.ParseClient(h.client)
	if err != nil {
		return nil, nil, err
	}
	over, err := h.export(ctx)
	if err != nil {
		return nil, nil, err
	}
	return slashingdb.Shape(t, client, over)
}

// export reads --over; nil where it is not given.
func (h *history) export(ctx context.Context) (*slashingdb.Table, error) {
	if h.over == "" {
		return nil, nil
	}
	return h.table(ctx, h.over, slashingdb.ReadOptions{})
}

// canWrite refuses what cannot be written before any work is done.
func (h *history) canWrite() error {
	if h.out == standardStream {
		if h.json {
			return fault.New(fault.Usage, "--json prints the report where the file would go").WithHint("name the file with --out")
		}
		return nil
	}
	fsys, err := h.e.open(filepath.Dir(h.out))
	if err != nil {
		return err
	}
	if _, err := fsys.Lstat(filepath.Base(h.out)); !errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Refused, "%s exists already, and nothing is overwritten", h.out).WithHint("name another file")
	}
	return nil
}

// write writes the result: whole, or not at all, unless it is standard output.
func (h *history) write(ctx context.Context, write func(w io.Writer) error) error {
	if h.out == standardStream {
		w := bufio.NewWriterSize(h.e.stdout, 64<<10)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	fsys, err := h.e.open(filepath.Dir(h.out))
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteStream(ctx, fsys, filepath.Base(h.out), write)
	return err
}

// report prints what was done: to standard error when the file itself goes to
// standard output.
func (h *history) report(v any, lines ...string) error {
	if h.json {
		return json.NewEncoder(h.e.stdout).Encode(v)
	}
	to := h.e.stdout
	if h.out == standardStream {
		to = h.e.stderr
	}
	for i, line := range lines {
		lines[i] = term.Wrap(strings.TrimRight(line, "\n"), columns(to), 2)
	}
	_, err := to.WriteString(safeLines(strings.Join(lines, "\n") + "\n"))
	return err
}

// safeLines spells out what could act on a terminal: names of files, and of
// members in them, are anybody's.
func safeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = term.Safe(line)
	}
	return strings.Join(lines, "\n")
}

// print prints a report of a command that writes no file.
func (h *history) print(v any, text func(p *page)) error {
	if h.json {
		return json.NewEncoder(h.e.stdout).Encode(v)
	}
	p := &page{width: columns(h.e.stdout)}
	text(p)
	_, err := h.e.stdout.WriteString(p.String())
	return err
}

// lines is a report without a table.
func lines(text ...string) func(p *page) {
	return func(p *page) {
		for _, line := range text {
			p.line(line, 2)
		}
	}
}

// some counts things: "1 key", "2 keys".
func some[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
