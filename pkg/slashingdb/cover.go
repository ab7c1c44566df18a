package slashingdb

import "time"

// Coverage says what a file is worth to one key.
type Coverage string

// The coverages.
const (
	Covered Coverage = "covered"
	Stale   Coverage = "stale"   // the last attestation is older than allowed
	Missing Coverage = "missing" // not in the file, or without any attestation
	Extra   Coverage = "extra"   // in the file, and not asked for
)

// Wanted is a key that a file must cover.
type Wanted struct {
	Key  PublicKey
	From string // the file or list that names it
}

// CoverRow is one key.
type CoverRow struct {
	Key    string   `json:"public_key"`
	Result Coverage `json:"result"`
	From   string   `json:"from,omitempty"`
	Last   *Last    `json:"last,omitempty"`
	// Attested is when the last attestation was due: the start of its target.
	Attested *time.Time `json:"attested,omitempty"`
}

// CoverReport compares the keys that are to sign with a file.
type CoverReport struct {
	OK      bool       `json:"ok"` // none is missing, none is stale
	Network string     `json:"network"`
	Covered int        `json:"covered"`
	Stale   int        `json:"stale"`
	Missing int        `json:"missing"`
	Extra   int        `json:"extra"`
	Keys    []CoverRow `json:"records"`
}

// Cover compares. A key is stale when its last attestation was due before the
// given time; the zero time turns that off, and so does a chain without a
// genesis time. Blocks prove nothing here: a key attests in every epoch and
// proposes once in months, so that a history of blocks alone has lost the rest.
func Cover(t *Table, wanted []Wanted, c Chain, before time.Time) *CoverReport {
	r := &CoverReport{Network: c.Name}
	asked := map[PublicKey]bool{}
	for _, w := range wanted {
		if asked[w.Key] {
			continue
		}
		asked[w.Key] = true
		l := t.Keys[w.Key]
		row := CoverRow{Key: w.Key.String(), From: w.From, Result: Covered}
		if l.HasBlock || l.HasAttestation {
			row.describe(l, c)
		}
		switch {
		case !l.HasAttestation:
			row.Result = Missing
		case row.Attested != nil && row.Attested.Before(before):
			row.Result = Stale
		}
		r.add(row)
	}
	for _, key := range t.Sorted() {
		if !asked[key] {
			row := CoverRow{Key: key.String(), Result: Extra}
			row.describe(t.Keys[key], c)
			r.add(row)
		}
	}
	r.OK = r.Missing == 0 && r.Stale == 0
	return r
}

func (r *CoverReport) add(row CoverRow) {
	r.Keys = append(r.Keys, row)
	switch row.Result {
	case Covered:
		r.Covered++
	case Stale:
		r.Stale++
	case Missing:
		r.Missing++
	default:
		r.Extra++
	}
}

func (row *CoverRow) describe(l LastSigned, c Chain) {
	last := lastOf(l)
	row.Last = &last
	if at := c.Start(l.Target); l.HasAttestation && c.GenesisTime != 0 && !at.IsZero() {
		row.Attested = &at
	}
}

// newest is when the later one of the last block and the last attestation was
// due, the latter at the start of its target epoch.
func (c Chain) newest(l LastSigned) (time.Time, bool) {
	if c.GenesisTime == 0 {
		return time.Time{}, false
	}
	var newest time.Time
	if l.HasBlock && uint64(l.Slot) < 1<<40/max(c.SecondsPerSlot, 1) {
		newest = time.Unix(int64(c.GenesisTime+uint64(l.Slot)*c.SecondsPerSlot), 0).UTC()
	}
	if l.HasAttestation {
		if at := c.Start(l.Target); at.After(newest) {
			newest = at
		}
	}
	return newest, !newest.IsZero()
}
