package storetest

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// interchangeFiles are the public tests that stand in vectors/eip3076.
var interchangeFiles = []string{
	"duplicate_pubkey_slashable_attestation", "duplicate_pubkey_slashable_block",
	"multiple_interchanges_single_validator_fail_iff_imported",
	"multiple_interchanges_single_validator_first_surrounds_second",
	"multiple_interchanges_single_validator_second_surrounds_first",
	"multiple_interchanges_single_validator_single_message_gap",
	"multiple_validators_multiple_blocks_and_attestations", "multiple_validators_same_slot_blocks",
	"single_validator_import_only", "single_validator_multiple_block_attempts",
	"single_validator_multiple_blocks_and_attestations", "single_validator_out_of_order_attestations",
	"single_validator_out_of_order_blocks", "single_validator_resign_block", "single_validator_single_attestation",
	"single_validator_single_block_and_attestation", "single_validator_single_block_and_attestation_signing_root",
	"single_validator_slashable_attestations_double_vote",
	"single_validator_slashable_attestations_surrounded_by_existing",
	"single_validator_slashable_attestations_surrounds_existing", "single_validator_slashable_blocks_no_root",
	"single_validator_source_greater_than_target_sensible_iff_minified",
	"single_validator_source_greater_than_target_surrounded",
	"single_validator_source_greater_than_target_surrounding", "single_validator_two_blocks_no_signing_root",
}

type vector struct {
	GenesisValidatorsRoot string `json:"genesis_validators_root"`
	Steps                 []step
}

type step struct {
	ShouldSucceed bool            `json:"should_succeed"`
	Slashable     bool            `json:"contains_slashable_data"`
	Interchange   json.RawMessage `json:"interchange"`
	Blocks        []try           `json:"blocks"`
	Attestations  []try           `json:"attestations"`
}

// try is a message that the store is asked about.
type try struct {
	PubKey   string       `json:"pubkey"`
	Slot     beacon.Slot  `json:"slot,string"`
	Source   beacon.Epoch `json:"source_epoch,string"`
	Target   beacon.Epoch `json:"target_epoch,string"`
	Root     string       `json:"signing_root"`
	Minimal  bool         `json:"should_succeed"`
	Complete bool         `json:"should_succeed_complete"`
}

func (t try) duty(tb testing.TB, isBlock bool) slashingdb.Duty {
	tb.Helper()
	var root beacon.Root
	if t.Root != "" {
		var err error
		if root, err = beacon.ParseRoot(t.Root); err != nil {
			tb.Fatal(err)
		}
	}
	key, err := hex.DecodeString(strings.TrimPrefix(t.PubKey, "0x"))
	if err != nil || len(key) != 48 {
		tb.Fatalf("key %s: %v", t.PubKey, err)
	}
	d := slashingdb.Duty{Key: slashingdb.PublicKey(key)}
	if isBlock {
		d.Block = &slashingdb.Block{Slot: t.Slot, Root: root, HasRoot: t.Root != ""}
	} else {
		d.Attestation = &slashingdb.Attestation{Source: t.Source, Target: t.Target, Root: root, HasRoot: t.Root != ""}
	}
	return d
}

func load(s *suite, name string) (vector, slashingdb.Chain) {
	var v vector
	data := s.h.Vectors(s.T, "eip3076/interchange-tests/"+name+".json")
	s.must(json.Unmarshal(data, &v))
	c := chain
	var err error
	c.GenesisValidatorsRoot, err = beacon.ParseRoot(v.GenesisValidatorsRoot)
	s.must(err)
	return v, c
}

// each runs every public test as a test of its own.
func each(s *suite, test func(*suite, slashingdb.Store, []step)) {
	for _, name := range interchangeFiles {
		s.Run(name, func(t *testing.T) {
			sub := &suite{T: t, h: s.h, clock: s.clock}
			v, c := load(sub, name)
			test(sub, sub.newFor(c), v.Steps)
		})
	}
}

func (s *suite) step(store slashingdb.Store, st step) {
	s.Helper()
	_, err := store.Import(context.Background(), bytes.NewReader(st.Interchange), slashingdb.ImportOptions{AllowFuture: true})
	if (err == nil) != st.ShouldSucceed {
		s.Fatalf("import: %v; expected success: %t", err, st.ShouldSucceed)
	}
}

// judge applies the rule: refuse wherever should_succeed_complete is false,
// sign wherever should_succeed is true; between them both are right.
func (s *suite) judge(store slashingdb.Store, st step) {
	s.Helper()
	ask := func(t try, isBlock bool) {
		v := s.ask(store, t.duty(s.T, isBlock))
		if v.Allowed() && !t.Complete {
			s.Errorf("signed what no store may: %+v: %s", t, v)
		}
		if !v.Allowed() && t.Minimal {
			s.Errorf("refused what every store signs: %+v: %s", t, v)
		}
	}
	for _, b := range st.Blocks {
		ask(b, true)
	}
	for _, a := range st.Attestations {
		ask(a, false)
	}
}

func interchange(s *suite) {
	each(s, func(s *suite, store slashingdb.Store, steps []step) {
		for _, st := range steps {
			s.step(store, st)
			s.judge(store, st)
		}
	})
}

// All files, the last first, and then the checks of the last step.
func interchangeReversed(s *suite) {
	each(s, func(s *suite, store slashingdb.Store, steps []step) {
		for _, st := range slices.Backward(steps) {
			s.step(store, st)
		}
		s.judge(store, steps[len(steps)-1])
	})
}
