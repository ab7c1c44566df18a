package slashingdb

import "fmt"

// Verdict is the answer to "may this key sign this message". The zero value
// refuses.
type Verdict byte

// The verdicts. Sign and Repeat allow; all others refuse.
const (
	// Undecided is no answer, and refuses.
	Undecided Verdict = iota
	// Sign: the message is new and safe; it is recorded before it is signed.
	Sign
	// Repeat: the very message that was signed last, by its signing root. It
	// may be signed again and changes nothing.
	Repeat
	// SlotNotAbove: the slot is not above the last signed one (condition 2).
	SlotNotAbove
	// SourceBelow: the source epoch is below the last signed one (condition 4).
	SourceBelow
	// TargetNotAbove: the target epoch is not above the last signed one
	// (condition 5).
	TargetNotAbove
	// SourceAboveTarget: no such attestation is valid.
	SourceAboveTarget
	// DoubleBlock: another block of the same slot was signed (condition 1).
	DoubleBlock
	// DoubleVote: another attestation of the same target was signed
	// (condition 3).
	DoubleVote
	// Surrounds: the attestation surrounds a signed one (condition 3).
	Surrounds
	// Surrounded: a signed attestation surrounds this one (condition 3).
	Surrounded
	// NoRecord: the store holds nothing of this key, which is not the same as
	// a key that never signed.
	NoRecord
	// KeyDisabled: the key was handed over and signs no more here.
	KeyDisabled
	// AboveHighWatermark: the message lies at or beyond the point from which
	// this store is to sign no more.
	AboveHighWatermark
)

// verdictTexts complete the sentence "refused: ...".
var verdictTexts = [...]string{
	Undecided:          "undecided",
	Sign:               "safe to sign",
	Repeat:             "signed before, the same message",
	SlotNotAbove:       "the slot is not above the last signed slot",
	SourceBelow:        "the source epoch is below the last signed source epoch",
	TargetNotAbove:     "the target epoch is not above the last signed target epoch",
	SourceAboveTarget:  "the source epoch is above the target epoch",
	DoubleBlock:        "another block of this slot was signed",
	DoubleVote:         "another attestation of this target epoch was signed",
	Surrounds:          "it surrounds a signed attestation",
	Surrounded:         "a signed attestation surrounds it",
	NoRecord:           "no signing history of this key",
	KeyDisabled:        "this key is disabled here",
	AboveHighWatermark: "it lies at or above the high watermark",
}

// Allowed reports whether the message may be signed.
func (v Verdict) Allowed() bool { return v == Sign || v == Repeat }

// String says the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictTexts) {
		return verdictTexts[v]
	}
	return fmt.Sprintf("verdict %d", byte(v))
}
