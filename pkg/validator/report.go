package validator

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// VerifyReport is what verifying files found. It holds no secrets.
type VerifyReport struct {
	Network string       `json:"network"`
	Items   []VerifyItem `json:"items"`
	Good    int          `json:"good"`
	Bad     int          `json:"bad"`
	Notes   []string     `json:"notes,omitempty"`
}

// VerifyItem is one message of a file. What the kind of message lacks is empty.
type VerifyItem struct {
	File           string                 `json:"file"`   // empty for what no file has
	Number         int                    `json:"number"` // in the file, from 1; 0 for a file that could not be read
	ValidatorIndex *beacon.ValidatorIndex `json:"validator_index,omitempty"`
	PublicKey      string                 `json:"public_key,omitempty"`
	Credentials    string                 `json:"withdrawal_credentials,omitempty"`
	Address        string                 `json:"withdrawal_address,omitempty"`
	Amount         string                 `json:"amount,omitempty"`
	Epoch          *beacon.Epoch          `json:"epoch,omitempty"`
	Problem        string                 `json:"problem,omitempty"` // empty: good
	Notes          []string               `json:"notes,omitempty"`
}

// Err is nil when every item is good and there is at least one, and a fault
// otherwise.
func (r *VerifyReport) Err() error {
	switch {
	case r.Bad > 0:
		return fault.New(fault.Refused, "%d of %d did not pass", r.Bad, r.Bad+r.Good)
	case r.Good == 0:
		return fault.New(fault.Refused, "there was nothing to verify")
	}
	return nil
}

func (r *VerifyReport) add(item VerifyItem) { r.Items = append(r.Items, item) }

// unreadable reports a file that is none of its kind.
func (r *VerifyReport) unreadable(f File, err error) {
	r.add(VerifyItem{File: f.Name, Problem: err.Error()})
}

// count fills in Good and Bad.
func (r *VerifyReport) count() *VerifyReport {
	for _, item := range r.Items {
		if item.Problem == "" {
			r.Good++
		} else {
			r.Bad++
		}
	}
	return r
}

// problem notes what is wrong with an item, the first time.
func (item *VerifyItem) problem(err error) {
	if err != nil && item.Problem == "" {
		item.Problem = err.Error()
	}
}

func (item *VerifyItem) note(notes ...string) { item.Notes = append(item.Notes, notes...) }
