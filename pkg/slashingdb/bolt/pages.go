package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
)

// What follows reads bbolt's file format, version 2, and trusts none of it. See
// bbolt's internal/common: page.go, meta.go, bucket.go.
const (
	pageSize      = 4096
	headerSize    = 16 // id 8, flags 2, count 2, overflow 4
	elementSize   = 16
	bucketHeader  = 16 // root page 8, sequence 8
	metaSize      = 64
	metaMagic     = 0xED0CDAED
	metaVersion   = 2
	noFreelist    = ^uint64(0)
	branchPage    = 0x01
	leafPage      = 0x02
	metaPage      = 0x04
	bucketElement = 0x01
)

// word reads numbers as the processor that wrote them has them: all that
// ethkey is built for are little-endian.
var word = binary.LittleEndian

// pages walks a file.
type pages struct {
	r     io.ReaderAt
	size  int64
	limit uint64          // the first page that is not in use
	seen  map[uint64]bool // pages reached so far
}

// meta is one of the two meta pages.
type meta struct{ root, freelist, limit, commit uint64 }

// problem is a finding that makes the file unfit.
type problem string

func (p problem) Error() string { return string(p) }

func wrong(format string, args ...any) error { return problem(fmt.Sprintf(format, args...)) }

// walk calls visit for every entry of every bucket. It fails unless the whole
// tree is sound.
func walk(r io.ReaderAt, size int64, visit func(bucket string, key, value []byte) error) error {
	p := &pages{r: r, size: size, seen: map[uint64]bool{}}
	m, err := p.newest()
	if err != nil {
		return err
	}
	p.limit = m.limit
	// Anything else than no list of free pages would be trusted by bbolt.
	if m.freelist != noFreelist {
		return wrong("it has a list of free pages, which this store does not write")
	}
	return p.tree(m.root, nil, nil, func(flags uint32, name, value []byte) error {
		if flags != bucketElement {
			return wrong("there is an entry outside of the buckets")
		}
		return p.bucket(value, func(flags uint32, key, value []byte) error {
			if flags != 0 {
				return wrong("there is a bucket in a bucket")
			}
			return visit(string(name), key, value)
		})
	})
}

// newest reads both meta pages. Both must be whole: when the newer is damaged,
// the older one describes the file as it was before the last commit.
func (p *pages) newest() (meta, error) {
	var m [2]meta
	for i := range m {
		var err error
		if m[i], err = p.meta(uint64(i)); err != nil {
			return meta{}, err
		}
	}
	newer := m[0]
	if m[1].commit > m[0].commit {
		newer = m[1]
	}
	if max(m[0].commit, m[1].commit)-min(m[0].commit, m[1].commit) != 1 {
		return newer, wrong("its meta pages are not of two commits in a row")
	}
	return newer, nil
}

func (p *pages) meta(id uint64) (meta, error) {
	b := make([]byte, pageSize)
	if _, err := p.r.ReadAt(b, int64(id)*pageSize); err != nil {
		return meta{}, readFailed(err, id)
	}
	body := b[headerSize : headerSize+metaSize]
	sum := fnv.New64a()
	_, _ = sum.Write(body[:metaSize-8])
	m := meta{root: word.Uint64(body[16:]), freelist: word.Uint64(body[32:]), limit: word.Uint64(body[40:]), commit: word.Uint64(body[48:])}
	switch {
	case word.Uint32(body) != metaMagic:
		return m, wrong("page %d is no meta page of bbolt", id)
	case word.Uint32(body[4:]) != metaVersion || word.Uint32(body[8:]) != pageSize:
		return m, wrong("page %d is of another version of bbolt, or another page size", id)
	case word.Uint64(body[56:]) != sum.Sum64():
		return m, wrong("page %d does not match its checksum", id)
	case word.Uint64(b) != id || word.Uint16(b[8:]) != metaPage || m.commit%2 != id:
		return m, wrong("page %d is not where it belongs", id)
	}
	return m, nil
}

func readFailed(err error, id uint64) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return wrong("it ends before page %d", id)
	}
	return err
}

// page reads a page of the tree with its overflow.
func (p *pages) page(id uint64) ([]byte, error) {
	head := make([]byte, headerSize)
	if id < 2 || id >= p.limit || p.limit > uint64(p.size)/pageSize {
		return nil, wrong("page %d lies outside of the file", id)
	}
	if _, err := p.r.ReadAt(head, int64(id)*pageSize); err != nil {
		return nil, readFailed(err, id)
	}
	overflow := uint64(word.Uint32(head[12:]))
	if word.Uint64(head) != id || id+overflow >= p.limit {
		return nil, wrong("page %d is not where it belongs", id)
	}
	for i := id; i <= id+overflow; i++ {
		if p.seen[i] {
			return nil, wrong("page %d is used twice", i)
		}
		p.seen[i] = true
	}
	b := make([]byte, (overflow+1)*pageSize)
	_, err := p.r.ReadAt(b, int64(id)*pageSize)
	if err != nil {
		return nil, readFailed(err, id)
	}
	return b, nil
}

type visitor func(flags uint32, key, value []byte) error

// tree visits the leaves below a page in order. Keys lie in [low, high); nil
// is no bound.
func (p *pages) tree(id uint64, low, high []byte, visit visitor) error {
	b, err := p.page(id)
	if err != nil {
		return err
	}
	at := fmt.Sprintf("page %d", id)
	switch flags := word.Uint16(b[8:]); {
	case flags == leafPage:
		return leaf(b, at, low, high, visit)
	case flags != branchPage:
		return wrong("%s is neither branch nor leaf", at)
	}
	keys, children, err := branch(b, at)
	if err != nil {
		return err
	}
	if bytes.Compare(keys[0], low) < 0 || high != nil && bytes.Compare(keys[len(keys)-1], high) >= 0 {
		return wrong("%s has a key outside of its place", at)
	}
	for i, child := range children {
		next := high
		if i+1 < len(keys) {
			next = keys[i+1]
		}
		if err := p.tree(child, keys[i], next, visit); err != nil {
			return err
		}
	}
	return nil
}

func branch(b []byte, at string) (keys [][]byte, children []uint64, err error) {
	count := int(word.Uint16(b[10:]))
	if count == 0 {
		return nil, nil, wrong("%s is empty", at)
	}
	for i := range count {
		from := headerSize + i*elementSize
		if from+elementSize > len(b) {
			return nil, nil, wrong("%s has more elements than room", at)
		}
		e := b[from:]
		key, ok := part(e, word.Uint32(e), word.Uint32(e[4:]))
		if !ok || len(key) == 0 || i > 0 && bytes.Compare(keys[i-1], key) >= 0 {
			return nil, nil, wrong("%s: its keys are not in order", at)
		}
		keys, children = append(keys, key), append(children, word.Uint64(e[8:]))
	}
	return keys, children, nil
}

func leaf(b []byte, at string, low, high []byte, visit visitor) error {
	var last []byte
	for i := range int(word.Uint16(b[10:])) {
		from := headerSize + i*elementSize
		if from+elementSize > len(b) {
			return wrong("%s has more elements than room", at)
		}
		e := b[from:]
		pos, keySize, valueSize := word.Uint32(e[4:]), word.Uint32(e[8:]), word.Uint32(e[12:])
		key, ok := part(e, pos, keySize)
		if !ok || len(key) == 0 || last != nil && bytes.Compare(last, key) >= 0 {
			return wrong("%s: its keys are not in order", at)
		}
		if bytes.Compare(key, low) < 0 || high != nil && bytes.Compare(key, high) >= 0 {
			return wrong("%s has a key outside of its place", at)
		}
		value, ok := part(e[uint64(pos)+uint64(keySize):], 0, valueSize)
		if !ok {
			return wrong("%s has a value that it does not hold", at)
		}
		if err := visit(word.Uint32(e), key, value); err != nil {
			return err
		}
		last = key
	}
	return nil
}

// part cuts size bytes from b at pos.
func part(b []byte, pos, size uint32) ([]byte, bool) {
	end := uint64(pos) + uint64(size)
	if end > uint64(len(b)) {
		return nil, false
	}
	return b[pos:end:end], true
}

// bucket visits the entries of a bucket, which is a tree of its own or stands
// whole in its value.
func (p *pages) bucket(value []byte, visit visitor) error {
	if len(value) < bucketHeader {
		return wrong("a bucket has no root")
	}
	if root := word.Uint64(value); root != 0 {
		return p.tree(root, nil, nil, visit)
	}
	inline := value[bucketHeader:]
	if len(inline) < headerSize || word.Uint16(inline[8:]) != leafPage || word.Uint32(inline[12:]) != 0 {
		return wrong("a bucket has no root")
	}
	return leaf(inline, "a small bucket", nil, nil, visit)
}
