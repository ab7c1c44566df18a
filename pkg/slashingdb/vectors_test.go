package slashingdb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// interchangeTests are the files of vectors/eip3076/interchange-tests.
var interchangeTests = []string{
	"duplicate_pubkey_slashable_attestation",
	"duplicate_pubkey_slashable_block",
	"multiple_interchanges_single_validator_fail_iff_imported",
	"multiple_interchanges_single_validator_first_surrounds_second",
	"multiple_interchanges_single_validator_second_surrounds_first",
	"multiple_interchanges_single_validator_single_message_gap",
	"multiple_validators_multiple_blocks_and_attestations",
	"multiple_validators_same_slot_blocks",
	"single_validator_import_only",
	"single_validator_multiple_block_attempts",
	"single_validator_multiple_blocks_and_attestations",
	"single_validator_out_of_order_attestations",
	"single_validator_out_of_order_blocks",
	"single_validator_resign_block",
	"single_validator_single_attestation",
	"single_validator_single_block_and_attestation",
	"single_validator_single_block_and_attestation_signing_root",
	"single_validator_slashable_attestations_double_vote",
	"single_validator_slashable_attestations_surrounded_by_existing",
	"single_validator_slashable_attestations_surrounds_existing",
	"single_validator_slashable_blocks_no_root",
	"single_validator_source_greater_than_target_sensible_iff_minified",
	"single_validator_source_greater_than_target_surrounded",
	"single_validator_source_greater_than_target_surrounding",
	"single_validator_two_blocks_no_signing_root",
}

type interchangeTest struct {
	GenesisValidatorsRoot string `json:"genesis_validators_root"`
	Steps                 []interchangeStep
}

type interchangeStep struct {
	ShouldSucceed bool `json:"should_succeed"`
	Interchange   json.RawMessage
	Blocks        []interchangeCheck
	Attestations  []interchangeCheck
}

// interchangeCheck is a message that the key is asked to sign.
type interchangeCheck struct {
	PubKey      string
	Slot        beacon.Slot  `json:"slot,string"`
	Source      beacon.Epoch `json:"source_epoch,string"`
	Target      beacon.Epoch `json:"target_epoch,string"`
	SigningRoot string       `json:"signing_root"`
	Minimal     bool         `json:"should_succeed"`
	Complete    bool         `json:"should_succeed_complete"`
}

func (c interchangeCheck) root(t *testing.T) (beacon.Root, bool) {
	t.Helper()
	if c.SigningRoot == "" {
		return beacon.Root{}, false
	}
	root, err := beacon.ParseRoot(c.SigningRoot)
	if err != nil {
		t.Fatal(err)
	}
	return root, true
}

func loadInterchangeTest(t *testing.T, name string) interchangeTest {
	t.Helper()
	var test interchangeTest
	data := testkit.Vectors(t, filepath.Join("eip3076/interchange-tests", name+".json"))
	if err := json.Unmarshal(data, &test); err != nil {
		t.Fatal(err)
	}
	return test
}

// histories is a handler that keeps everything.
type histories map[string]slashingdb.History

type historyHandler struct {
	all histories
	key string
	err error
}

func (h *historyHandler) Metadata(slashingdb.Metadata) error { return nil }

func (h *historyHandler) Entry(key slashingdb.PublicKey, _ slashingdb.At) error {
	h.key = key.String()
	h.all[h.key] = h.all[h.key].After(nil, nil)
	return h.err
}

func (h *historyHandler) Block(b slashingdb.Block, _ slashingdb.At) error {
	h.all[h.key] = h.all[h.key].After([]slashingdb.Block{b}, nil)
	return nil
}

func (h *historyHandler) Attestation(a slashingdb.Attestation, _ slashingdb.At) error {
	h.all[h.key] = h.all[h.key].After(nil, []slashingdb.Attestation{a})
	return nil
}

// importInto adds a file to both kinds of database.
func importInto(t *testing.T, step interchangeStep, test interchangeTest, complete histories, minimal map[string]slashingdb.LastSigned) {
	t.Helper()
	if !step.ShouldSucceed {
		t.Fatal("the suite has no file that must fail to import; what is this one?")
	}
	root, err := beacon.ParseRoot(test.GenesisValidatorsRoot)
	if err != nil {
		t.Fatal(err)
	}
	o := slashingdb.ReadOptions{GenesisValidatorsRoot: &root, NeedRoot: true}
	h := &historyHandler{all: complete}
	if _, err := slashingdb.Read(context.Background(), bytes.NewReader(step.Interchange), o, h); err != nil {
		t.Fatal(err)
	}
	table, _, err := slashingdb.ReadTable(context.Background(), bytes.NewReader(step.Interchange), o)
	if err != nil {
		t.Fatal(err)
	}
	for key, l := range table.Keys {
		minimal[key.String()] = minimal[key.String()].Raise(l)
	}
}

// judge applies the rule: refuse wherever should_succeed_complete is false,
// sign wherever should_succeed is true; in between both are right.
func judge(t *testing.T, kind string, c interchangeCheck, v slashingdb.Verdict) {
	t.Helper()
	if v.Allowed() && !c.Complete {
		t.Errorf("%s: signed what no database may: %+v: %s", kind, c, v)
	}
	if !v.Allowed() && c.Minimal {
		t.Errorf("%s: refused what every database signs: %+v: %s", kind, c, v)
	}
}

func checkStep(t *testing.T, step interchangeStep, complete histories, minimal map[string]slashingdb.LastSigned) {
	t.Helper()
	for _, c := range step.Blocks {
		key := strings.ToLower(c.PubKey)
		root, has := c.root(t)
		b := slashingdb.Block{Slot: c.Slot, Root: root, HasRoot: has}
		v, m := complete[key].CheckBlock(b), minimal[key].CheckBlock(b)
		judge(t, "complete", c, v)
		judge(t, "minimal", c, m)
		if v.Allowed() {
			complete[key] = complete[key].After([]slashingdb.Block{b}, nil)
		}
		if m.Allowed() {
			minimal[key] = minimal[key].AfterBlock(b)
		}
	}
	for _, c := range step.Attestations {
		key := strings.ToLower(c.PubKey)
		root, has := c.root(t)
		a := slashingdb.Attestation{Source: c.Source, Target: c.Target, Root: root, HasRoot: has}
		v, m := complete[key].CheckAttestation(a), minimal[key].CheckAttestation(a)
		judge(t, "complete", c, v)
		judge(t, "minimal", c, m)
		if v.Allowed() {
			complete[key] = complete[key].After(nil, []slashingdb.Attestation{a})
		}
		if m.Allowed() {
			minimal[key] = minimal[key].AfterAttestation(a)
		}
	}
}

func TestInterchangeSuite(t *testing.T) {
	for _, name := range interchangeTests {
		t.Run(name, func(t *testing.T) {
			test := loadInterchangeTest(t, name)
			complete, minimal := histories{}, map[string]slashingdb.LastSigned{}
			for _, step := range test.Steps {
				importInto(t, step, test, complete, minimal)
				checkStep(t, step, complete, minimal)
			}
		})
	}
}

// All files imported, last first, and then the last step's checks.
func TestInterchangeSuiteInReverse(t *testing.T) {
	for _, name := range interchangeTests {
		t.Run(name, func(t *testing.T) {
			test := loadInterchangeTest(t, name)
			complete, minimal := histories{}, map[string]slashingdb.LastSigned{}
			for _, step := range slices.Backward(test.Steps) {
				importInto(t, step, test, complete, minimal)
			}
			checkStep(t, test.Steps[len(test.Steps)-1], complete, minimal)
		})
	}
}
