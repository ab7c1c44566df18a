package slashingdb

// Mending names a slip of a file that can be set right without a doubt about
// what was meant.
type Mending string

// Slips that real clients' exports have. They are always read and always
// listed.
const (
	// MissingBlocks: an entry without signed_blocks, as Dirk writes it.
	MissingBlocks Mending = "missing-blocks"
	// MissingAttestations: an entry without signed_attestations, as Dirk
	// writes it.
	MissingAttestations Mending = "missing-attestations"
	// NullRoot: a signing root of zeros, "0x0", "0x", "" or null, as Nimbus and
	// Prysm write one that they do not know. It is taken as absent.
	NullRoot Mending = "null-root"
	// MissingGenesisRoot: no genesis_validators_root, as Teku writes it after
	// its repair command.
	MissingGenesisRoot Mending = "missing-genesis-root"
	// UpperCaseHex: hexadecimal digits in upper case.
	UpperCaseHex Mending = "upper-case-hex"
	// UnknownMember: a member that the EIP does not know. It is passed over.
	UnknownMember Mending = "unknown-member"
	// DuplicateEntry: a further entry for a key. The EIP allows it; Dirk keeps
	// the last one alone.
	DuplicateEntry Mending = "duplicate-entry"
)

// Slips that are refused unless they are asked to be mended.
const (
	// JSONNumber: a slot, epoch or version as a JSON number, not a string.
	JSONNumber Mending = "json-number"
	// LeadingZero: a number with zeros in front.
	LeadingZero Mending = "leading-zero"
	// MissingPrefix: a key or root without 0x, or with 0X.
	MissingPrefix Mending = "missing-0x"
	// Version4: the format before version 5.
	Version4 Mending = "version-4"
)

// Mendings lists every mending, in the order of its being explained.
func Mendings() []Mending {
	return []Mending{
		MissingBlocks, MissingAttestations, NullRoot, MissingGenesisRoot, UpperCaseHex, UnknownMember, DuplicateEntry,
		JSONNumber, LeadingZero, MissingPrefix, Version4,
	}
}

// mendingTexts say what was found.
var mendingTexts = map[Mending]string{
	MissingBlocks:       "an entry has no signed_blocks",
	MissingAttestations: "an entry has no signed_attestations",
	NullRoot:            "a signing root is zero or empty; it is taken as absent",
	MissingGenesisRoot:  "the file names no genesis_validators_root",
	UpperCaseHex:        "hexadecimal digits in upper case",
	UnknownMember:       "a member that EIP-3076 does not know is passed over",
	DuplicateEntry:      "a key has a further entry",
	JSONNumber:          "a number is not written as a string",
	LeadingZero:         "a number has zeros in front",
	MissingPrefix:       "hexadecimal digits without 0x",
	Version4:            "the file is of version 4",
}

// String returns the name.
func (m Mending) String() string { return string(m) }

// What says what the mending is about.
func (m Mending) What() string { return mendingTexts[m] }

// Breaks reports whether a file with this slip is against EIP-3076, so that
// some clients refuse it.
func (m Mending) Breaks() bool {
	switch m {
	case NullRoot, UpperCaseHex, UnknownMember, DuplicateEntry:
		return false
	}
	return true
}
