package slashingdb

// ImportCheck says whether a client's own export holds all that a file told
// it.
type ImportCheck struct {
	OK       bool        `json:"ok"`
	Keys     int         `json:"keys"` // of the file
	Held     int         `json:"held"`
	Missing  int         `json:"missing"`
	Lowered  int         `json:"lowered"`
	Extra    int         `json:"extra"` // keys of the export alone: no fault
	Problems []ImportRow `json:"problems"`
}

// ImportRow is a key of which the export holds less than the file.
type ImportRow struct {
	Key    string `json:"public_key"`
	What   string `json:"what"`
	File   Last   `json:"file"`
	Export *Last  `json:"export,omitempty"`
}

// VerifyImport compares a file with the export of the client that imported it.
// A client's exit code proves little: some go on with the next key after a
// failure and end with 0, some replace a newer value by an older one. A key
// that the file names without any message has nothing to lose.
func VerifyImport(file, export *Table) (*ImportCheck, error) {
	if err := sameChain(file, export); err != nil {
		return nil, err
	}
	check := &ImportCheck{Keys: len(file.Keys), Problems: []ImportRow{}}
	for _, key := range file.Sorted() {
		was := file.Keys[key]
		now, there := export.Keys[key]
		row := ImportRow{Key: key.String(), File: lastOf(was)}
		switch {
		case now.Covers(was):
			check.Held++
			continue
		case !there:
			check.Missing++
			row.What = "missing from the export"
		default:
			check.Lowered++
			row.What = lowered(was, now)
			row.Export = new(Last)
			*row.Export = lastOf(now)
		}
		check.Problems = append(check.Problems, row)
	}
	for key := range export.Keys {
		if _, known := file.Keys[key]; !known {
			check.Extra++
		}
	}
	check.OK = check.Missing == 0 && check.Lowered == 0
	return check, nil
}

// lowered names the first field of now that is less than in was.
func lowered(was, now LastSigned) string {
	switch {
	case was.HasBlock && !now.HasBlock:
		return "the export has no block"
	case was.HasBlock && now.Slot < was.Slot:
		return "the last slot is lower"
	case was.HasAttestation && !now.HasAttestation:
		return "the export has no attestation"
	case was.HasAttestation && now.Target < was.Target:
		return "the last target is lower"
	}
	return "the last source is lower"
}
