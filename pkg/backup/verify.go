package backup

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
)

// VerifyRequest asks whether a history and reports of drills are true.
type VerifyRequest struct {
	Record  string                 // the path of the record; its history is beside it
	Reports []ReportFile           // from elsewhere: what holders kept
	Allowed *sshsig.AllowedSigners // nil: nobody's word is taken
}

// ReportFile is a report of a drill and its signature, as kept by a holder.
type ReportFile struct {
	Name      string
	Data      []byte
	Signature []byte // nil: none is given
}

// VerifyResult says what is proven, and by whom.
type VerifyResult struct {
	Set        string        `json:"set"`
	Mode       Mode          `json:"mode"`
	RecordHash string        `json:"record_sha256"`
	Entries    []VerifyEntry `json:"entries"`
	Head       string        `json:"head_sha256"`
	Authentic  int           `json:"authentic_entries"` // the first so many are vouched for by allowed signers
	Anchored   int           `json:"anchored_entries"`  // the first so many are in a report from elsewhere
	Says       []string      `json:"says"`

	problem error
}

// VerifyEntry is one entry of a history.
type VerifyEntry struct {
	Number   int    `json:"number"`
	Time     string `json:"time"`
	Event    string `json:"event"`
	SignedBy string `json:"signed_by,omitempty"` // principals of an allowed signer
	Key      string `json:"key,omitempty"`       // its fingerprint, also of one that is not allowed
	Problem  string `json:"problem,omitempty"`   // why the signer is not allowed
}

// Err is nil when an allowed signer vouches for every report that was given,
// or, without one, for the last entry.
func (r *VerifyResult) Err() error { return r.problem }

// Verify checks record, history and reports against each other, and the
// signatures against the allowed signers. What is false is an error of kind
// Integrity; what is merely not proven stands in the result, and is its Err.
func Verify(m Machine, req VerifyRequest) (*VerifyResult, error) {
	h, err := openHistory(m, req.Record)
	if err != nil {
		return nil, err
	}
	if err := h.checkFacts(); err != nil {
		return nil, err
	}
	r := &VerifyResult{Set: h.record.Set, Mode: h.record.Mode, RecordHash: h.hash.String(), Head: h.chain.Head().String()}
	for _, l := range h.chain.Lines() {
		entry, err := verifyEntry(l, req.Allowed)
		if err != nil {
			return nil, err
		}
		if r.Entries = append(r.Entries, entry); entry.SignedBy != "" {
			r.Authentic = entry.Number
		}
	}
	wanted := len(r.Entries)
	for i, report := range req.Reports {
		number, err := h.anchor(report)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			wanted = 0
		}
		wanted, r.Anchored = max(wanted, number), max(r.Anchored, number)
	}
	r.conclude(req.Allowed != nil, wanted)
	return r, nil
}

// verifyEntry checks the signature of a line, if it has one. It is held to the
// time that the entry claims, which the signature covers: a key that has
// expired since then still vouches for it.
func verifyEntry(l chain.Line, allowed *sshsig.AllowedSigners) (VerifyEntry, error) {
	e := VerifyEntry{Number: int(l.Seq), Time: l.Time.Format("2006-01-02T15:04:05Z"), Event: l.Event}
	if l.Signature == nil {
		return e, nil
	}
	s, err := sshsig.Check(l.Entry, l.Signature, Namespace)
	if err != nil {
		return e, fault.New(fault.Integrity, "entry %d of the history: %w", l.Seq, err).
			WithHint("the entry or its signature was changed: compare with another copy of the history, and with the reports that holders keep")
	}
	if plain, err := sshsig.Rearmor(l.Signature); err != nil || !bytes.Equal(plain, l.Signature) {
		return e, fault.New(fault.Integrity, "entry %d of the history: its signature is not wrapped as ethkey and ssh-keygen wrap it", l.Seq).
			WithHint("it was written again: compare with another copy of the history")
	}
	e.Key = sshsig.Fingerprint(s.Key)
	if allowed == nil {
		return e, nil
	}
	if e.SignedBy, err = sshsig.Verify(l.Entry, l.Signature, Namespace, allowed, l.Time); err != nil {
		e.Problem = err.Error()
	}
	return e, nil
}

// checkFacts wants a history that begins with the making of the record's set,
// and speaks of nothing else.
func (h *history) checkFacts() error {
	for i, l := range h.chain.Lines() {
		if (l.Event == EventMade) != (i == 0) {
			return fault.New(fault.Integrity, "entry %d of the history is a %s: expected one that the set was made, and only as the first", i+1, l.Event)
		}
		var about struct {
			Set        string `json:"set"`
			RecordHash string `json:"record_sha256"`
		}
		if err := json.Unmarshal(l.Data, &about); err != nil || about.Set != h.record.Set || about.RecordHash != h.hash.String() {
			return fault.New(fault.Integrity, "entry %d of the history speaks of another set or another record", i+1)
		}
	}
	if h.chain.Len() == 0 {
		return fault.New(fault.Integrity, "the history is empty: expected at least that the set was made").
			WithHint("look for another copy of it")
	}
	return nil
}

// anchor finds a report in the history, and returns its number.
func (h *history) anchor(report ReportFile) (int, error) {
	data := bytes.TrimSuffix(report.Data, []byte("\n"))
	line, ok := h.chain.Find(data)
	if !ok {
		return 0, h.absent(report.Name, data)
	}
	if report.Signature == nil {
		return int(line.Seq), nil
	}
	if _, err := sshsig.Check(data, report.Signature, Namespace); err != nil {
		return 0, fault.New(fault.KindOf(err), "%s: %w", report.Name, err)
	}
	// Mail may have wrapped the holder's copy anew.
	if signature, err := sshsig.Rearmor(report.Signature); err != nil || !bytes.Equal(line.Signature, signature) {
		return 0, fault.New(fault.Integrity, "%s: its signature is not the one in entry %d of the history", report.Name, line.Seq).
			WithHint("the history was written again, with the signature left out or exchanged")
	}
	return int(line.Seq), nil
}

// absent says how a history lacks a report.
func (h *history) absent(name string, data []byte) error {
	var e struct {
		Seq  int `json:"seq"`
		Data struct {
			Set string `json:"set"`
		} `json:"data"`
	}
	if err := json.Unmarshal(data, &e); err != nil || e.Seq < 1 {
		return fault.New(fault.Refused, "%s is not a report of a drill", name).
			WithHint("expected the file drill-<set>-<number>.json that ethkey backup drill wrote")
	}
	if e.Data.Set != h.record.Set {
		return fault.New(fault.Refused, "%s is a report about set %q, and the record is of set %s", name, clip(e.Data.Set), h.record.Set)
	}
	if e.Seq > h.chain.Len() {
		return fault.New(fault.Integrity, "%s is entry %d, and the history has %s: its end was cut off", name, e.Seq, entries(h.chain.Len())).
			WithHint("take another copy of the history; if all of them end there, somebody removed what came after")
	}
	return fault.New(fault.Integrity, "%s is entry %d, and the history has another entry there: one of the two was changed", name, e.Seq).
		WithHint("compare with what the other holders keep")
}

func clip(s string) string {
	if len(s) > 20 {
		return s[:20] + "..."
	}
	return s
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// conclude says in words what is proven and what is not. Wanted is the entry
// that somebody must vouch for.
func (r *VerifyResult) conclude(allowed bool, wanted int) {
	say := func(format string, args ...any) { r.Says = append(r.Says, fmt.Sprintf(format, args...)) }
	n := len(r.Entries)
	say("the record and the %s of its history fit together, each to the one before it", entries(n))
	switch {
	case !allowed:
		say("no allowed signers were given, so this is self-consistent and not authenticated: whoever can write the files could have written all of it")
	case r.Authentic == 0:
		say("no allowed signer signed any of it, so this is self-consistent and not authenticated")
	default:
		say("%s vouched for by %s", upTo(1, r.Authentic), r.Entries[r.Authentic-1].SignedBy)
	}
	if allowed && r.Authentic > 0 && r.Authentic < n {
		say("%s after the last signature that counts: anybody could have written that", upTo(r.Authentic+1, n))
	}
	if r.Anchored == 0 {
		say("no report from elsewhere was given: that entries were cut off at the end cannot be seen")
	} else {
		say("%s there, as a report from elsewhere says; what may have come after it and was cut off cannot be seen", upTo(1, r.Anchored))
	}
	if r.Authentic < wanted || !allowed {
		hint := "give the file of allowed signers, from elsewhere than the history"
		if allowed {
			hint = "an unsigned entry proves nothing to others; a drill that an allowed signer signs vouches for it too"
		}
		r.problem = fault.New(fault.Refused, "not authenticated: no allowed signer vouches for entry %d", wanted).WithHint("%s", hint)
	}
}

// upTo names entries, and says that they are.
func upTo(from, to int) string {
	if from == to {
		return fmt.Sprintf("entry %d is", from)
	}
	return fmt.Sprintf("entries %d to %d are", from, to)
}
