package testkit

import (
	"encoding/hex"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Disk is what a folder's disk may hold when its power is cut: what processes
// synced is there; of what they wrote after that, any sector may be there or
// not; and a new name, or a name that was changed, is there once the folder
// itself was synced, or earlier. Steps come from traces.
type Disk struct {
	dir   string
	names map[string]*diskFile // as the processes see them
	// Names as they are on the medium, and the changes that may get there, in
	// their order.
	kept    map[string]*diskFile
	renamed []nameChange
	// Said is what the processes wrote to their standard output so far.
	Said []byte
}

type nameChange struct {
	from, to string // empty: made, removed
	file     *diskFile
}

// diskFile is a file: what was synced, and what was written since.
type diskFile struct {
	kept    []byte
	pending []diskWrite
}

type diskWrite struct {
	at   int64
	data []byte
	cut  bool // the size becomes at
}

// NewDisk returns the disk of a folder whose files, by their names, are on the
// medium as they are.
func NewDisk(dir string, files map[string][]byte) *Disk {
	d := &Disk{dir: dir, names: map[string]*diskFile{}, kept: map[string]*diskFile{}}
	for name, data := range files {
		f := &diskFile{kept: data}
		d.names[name], d.kept[name] = f, f
	}
	return d
}

// sector is what a disk writes whole or not at all.
const sector = 512

// Cut returns the files of the folder after a power cut at this moment. One
// cut loses all that it may, another nothing, others lose at random.
func (d *Disk) Cut(random *rand.Rand) map[string][]byte {
	how := random.IntN(5)
	files := map[string]*diskFile{}
	for name, f := range d.kept {
		files[name] = f
	}
	changes := d.renamed
	switch how {
	case 0:
		changes = nil
	case 1:
	default:
		changes = changes[:random.IntN(len(changes)+1)]
	}
	for _, c := range changes {
		c.apply(files)
	}
	left := map[string][]byte{}
	for name, f := range files {
		left[name] = f.cut(random, how)
	}
	return left
}

func (c nameChange) apply(to map[string]*diskFile) {
	delete(to, c.from)
	if c.to != "" {
		to[c.to] = c.file
	}
}

// cut keeps all, none, whole writes, or sectors.
func (f *diskFile) cut(random *rand.Rand, how int) []byte {
	data := append([]byte(nil), f.kept...)
	for _, w := range f.pending {
		switch {
		case how == 0 || how > 1 && (w.cut || how == 2) && random.IntN(2) == 0:
		case how == 1 || how == 2 || w.cut:
			data = w.apply(data)
		default:
			for from := 0; from < len(w.data); from += sector {
				if random.IntN(2) == 0 {
					data = diskWrite{at: w.at + int64(from), data: w.data[from:min(from+sector, len(w.data))]}.apply(data)
				}
			}
		}
	}
	return data
}

func (w diskWrite) apply(data []byte) []byte {
	end := w.at + int64(len(w.data))
	if w.cut && end < int64(len(data)) {
		return data[:end]
	}
	if more := end - int64(len(data)); more > 0 {
		data = append(data, make([]byte, more)...)
	}
	copy(data[w.at:], w.data)
	return data
}

// Follow takes one call of a trace that shows the paths of descriptors, and all
// text as hexadecimal digits. It tells whether the call changed what a power
// cut may leave, or said something.
func (d *Disk) Follow(c Syscall) bool {
	if strings.HasPrefix(c.Result, "-1") || c.Result == "?" {
		return false
	}
	args := splitArgs(c.Args)
	switch c.Name {
	case "openat":
		name, ok := d.base(args[0], args[1])
		if !ok || d.names[name] != nil || !strings.Contains(args[2], "O_CREAT") {
			return false
		}
		d.change(nameChange{to: name, file: &diskFile{}})
	case "pwrite64":
		return d.write(args[0], diskWrite{at: number(args[3]), data: spelled(args[1])})
	case "ftruncate":
		return d.write(args[0], diskWrite{at: number(args[1]), cut: true})
	case "write":
		if !strings.HasPrefix(args[0], "1<") {
			return false
		}
		d.Said = append(d.Said, spelled(args[1])...)
	case "fsync", "fdatasync":
		return d.sync(pathOf(args[0]))
	case "renameat", "renameat2":
		from, _ := d.base(args[0], args[1])
		to, ok := d.base(args[2], args[3])
		if !ok {
			return false
		}
		d.change(nameChange{from: from, to: to, file: d.names[from]})
	case "unlinkat":
		name, ok := d.base(args[0], args[1])
		if !ok {
			return false
		}
		d.change(nameChange{from: name})
	}
	return true
}

func (d *Disk) change(c nameChange) {
	c.apply(d.names)
	d.renamed = append(d.renamed, c)
}

func (d *Disk) write(descriptor string, w diskWrite) bool {
	f := d.file(pathOf(descriptor))
	if f == nil {
		return false
	}
	f.pending = append(f.pending, w)
	return true
}

func (d *Disk) sync(path string) bool {
	if path == d.dir {
		for _, c := range d.renamed {
			c.apply(d.kept)
		}
		d.renamed = nil
		return true
	}
	f := d.file(path)
	if f == nil {
		return false
	}
	for _, w := range f.pending {
		f.kept = w.apply(f.kept)
	}
	f.pending = nil
	return true
}

func (d *Disk) file(path string) *diskFile {
	if filepath.Dir(path) != d.dir {
		return nil
	}
	return d.names[filepath.Base(path)]
}

// base is the name of a file in the folder, named beneath a descriptor.
func (d *Disk) base(descriptor, name string) (string, bool) {
	path := string(spelled(name))
	if !filepath.IsAbs(path) {
		path = filepath.Join(pathOf(descriptor), path)
	}
	return filepath.Base(path), filepath.Dir(path) == d.dir
}

func splitArgs(args string) []string { return strings.Split(args, ", ") }

func number(arg string) int64 {
	n, _ := strconv.ParseInt(arg, 10, 64)
	return n
}

var quoted = regexp.MustCompile(`["<]((?:\\x[0-9a-f]{2})*)[">]`)

// spelled is what an argument spells in hexadecimal digits.
func spelled(arg string) []byte {
	m := quoted.FindStringSubmatch(arg)
	if m == nil {
		return nil
	}
	data, _ := hex.DecodeString(strings.ReplaceAll(m[1], `\x`, ""))
	return data
}

// pathOf is the path that is shown beside a descriptor.
func pathOf(arg string) string { return string(spelled(arg)) }
