package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// splitted is what split reports.
type splitted struct {
	Network string             `json:"network"`
	Keys    int                `json:"keys"`
	Shaped  *slashingdb.Shaped `json:"shaped,omitempty"`
	Folder  string             `json:"folder"`
	Files   []string           `json:"files"`
}

func newSlashingSplit(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	folder, maxBytes := "", 0
	cmd := &cobra.Command{
		Use:   "split FILE",
		Short: "split a history into one file a key, or into files of a size",
		Long: `Writes a folder of files, each with what its keys signed last: one file a key,
called by the key, or with --max-bytes files of at most that size, for a
keymanager API that takes no more in one request. All files appear, or none.

EXAMPLES
  ethkey slashing split history.json --folder one-by-one
  ethkey slashing split --for lodestar --max-bytes 1000000 history.json \
    --folder parts`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if folder == "" {
				return fault.New(fault.Usage, "missing: --folder").WithHint("it names the folder for the files, which is made")
			}
			if cmd.Flags().Changed("max-bytes") && maxBytes <= 0 {
				return fault.New(fault.Usage, "--max-bytes: expected a number above 0")
			}
			t, err := h.table(cmd.Context(), args[0], slashingdb.ReadOptions{})
			if err != nil {
				return err
			}
			c, err := h.named(cmd, t)
			if err == nil {
				err = someKeys(args[0], len(t.Keys))
			}
			if err != nil {
				return err
			}
			return h.split(cmd, t, splitted{Network: c.Name, Folder: folder}, maxBytes)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	f := cmd.Flags()
	f.StringVar(&folder, "folder", "", "`FOLDER` for the files, which must not exist")
	f.IntVar(&maxBytes, "max-bytes", 0, "files of at most `N` bytes, instead of one a key")
	h.addFor(f)
	addChainFlags(f)
	h.addReport(f)
	return cmd
}

func (h *history) split(cmd *cobra.Command, t *slashingdb.Table, r splitted, maxBytes int) error {
	shaped, did, err := h.shape(cmd.Context(), t)
	if err != nil {
		return err
	}
	var parts []slashingdb.Part
	if maxBytes > 0 {
		parts, err = slashingdb.SplitBySize(shaped, maxBytes)
	} else {
		parts, err = slashingdb.SplitByKey(shaped)
	}
	if err != nil {
		return err
	}
	fsys, err := h.e.open(filepath.Dir(r.Folder))
	if err != nil {
		return err
	}
	set, err := atomicfile.BeginTree(fsys, filepath.Base(r.Folder))
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := set.Add(p.Name, p.Data); err != nil {
			return err
		}
	}
	report, err := set.Commit(cmd.Context(), nil)
	if err != nil {
		return err
	}
	r.Keys, r.Shaped, r.Folder, r.Files = len(shaped.Keys), did, report.Folder, report.Files
	text := []string{fmt.Sprintf("%s: %s in %s", r.Folder, some(r.Keys, "key"), some(len(r.Files), "file"))}
	if did != nil {
		text = append(text, did.Notes...)
	}
	return h.print(r, lines(text...))
}
