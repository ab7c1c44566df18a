package atomicfile

import (
	"crypto/rand"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"unicode"

	"github.com/ethkey/ethkey/internal/fault"
)

const (
	stagingHead = ".ethkey-"
	stagingTail = ".partial"
	treeTail    = ".tree" + stagingTail // of a tree of folders
	tagLen      = 8                     // hex digits
	longestBase = 64                    // bytes of the folder's name that go into the staging folder's
)

// stagingName is where the files of a set lie until they are put in place:
// beside a folder that is yet to be, inside one that exists.
func stagingName(folder string, existing, tree bool) string {
	tail := stagingTail
	if tree {
		tail = treeTail
	}
	var tag [tagLen / 2]byte
	_, _ = rand.Read(tag[:])
	name := stagingPrefix(folder, existing) + hex.EncodeToString(tag[:]) + tail
	return path.Join(stagingParent(folder, existing), name)
}

func stagingParent(folder string, existing bool) string {
	if existing {
		return folder
	}
	return path.Dir(folder)
}

func stagingPrefix(folder string, existing bool) string {
	if existing {
		return stagingHead
	}
	base := path.Base(folder)
	return stagingHead + strings.ToValidUTF8(base[:min(len(base), longestBase)], "") + "-"
}

// isStaging reports whether name is one that stagingName gives.
func isStaging(name, folder string, existing bool) bool {
	rest, ok := strings.CutPrefix(name, stagingPrefix(folder, existing))
	if !ok {
		return false
	}
	tag, ok := strings.CutSuffix(rest, treeTail)
	if !ok {
		tag, ok = strings.CutSuffix(rest, stagingTail)
	}
	return ok && len(tag) == tagLen && strings.Trim(tag, "0123456789abcdef") == ""
}

// checkName refuses what is not the plain name of one visible file.
func checkName(name string) error {
	plain := name != "" && name != "." && name != ".." && !strings.ContainsAny(name, `/\`) &&
		!strings.ContainsFunc(name, unicode.IsControl)
	switch {
	case !plain:
		return fault.New(fault.Refused, "%q is not the name of a file", name).
			WithHint("give a name without folders")
	case strings.HasPrefix(name, "-"):
		return fault.New(fault.Refused, "file name %q begins with a dash, which other programs take for an option", name).
			WithHint("give another name")
	case strings.HasPrefix(name, stagingHead):
		return fault.New(fault.Refused, "file name %q: names that begin with %s are kept for unfinished work", name, stagingHead).
			WithHint("give another name")
	}
	return nil
}

func checkFolderName(folder string) error {
	if !fs.ValidPath(folder) {
		return fault.New(fault.Refused, "%q is not the name of a folder", folder).WithHint("name a folder without ..")
	}
	return nil
}
