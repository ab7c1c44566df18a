package backup

import (
	"context"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// RestoreRequest asks for the secret of enough sheets.
type RestoreRequest struct {
	Record   string // the path of the record; empty: none at hand
	Practice bool   // sheets for practice are expected, and no others
	// WordsAlone offers the words of a phrase whose BIP-39 passphrase is lost, to
	// be read by a person. Nothing is derived from them, or signed.
	WordsAlone bool
}

// RestorePlan is a checked request.
type RestorePlan struct {
	Record     *Record // nil when none is at hand
	RecordHash string  // to be compared with the one on the sheets

	known    *history
	practice bool
	words    bool
}

// PlanRestore reads the record, if there is one. It writes nothing.
func PlanRestore(m Machine, req RestoreRequest) (*RestorePlan, []Warning, error) {
	if req.Record == "" {
		return &RestorePlan{practice: req.Practice, words: req.WordsAlone}, []Warning{{
			What: "without the record of the set nothing says that what is restored is what was split",
			Hint: "the sheets fit together or they do not; whether the keys are the right ones is for you to see",
		}}, nil
	}
	known, warnings, err := openLenient(m, req.Record)
	if err != nil {
		return nil, nil, err
	}
	if req.Practice && known.record.Mode != ModePractice {
		return nil, nil, fault.New(fault.Refused, "set %s is %s, and not for practice", known.record.Set, known.record.Mode)
	}
	if known.chain != nil {
		by, err := known.retired()
		if err != nil {
			return nil, nil, err
		}
		if by != "" {
			warnings = append(warnings, Warning{
				What: fmt.Sprintf("set %s is to be destroyed: set %s takes its place", known.record.Set, by),
			})
		}
	}
	return &RestorePlan{
		Record: known.record, RecordHash: known.hash.String(), known: known, practice: req.Practice, words: req.WordsAlone,
	}, warnings, nil
}

// RestoreResult reports a restore. It holds no secrets.
type RestoreResult struct {
	Set      string   `json:"set"`
	Mode     Mode     `json:"mode"`
	Kind     Kind     `json:"kind"`
	Phrase   *Phrase  `json:"phrase,omitempty"`
	Used     []string `json:"sheets_used"`
	Aside    []string `json:"sheets_put_aside,omitempty"`
	Compared []string `json:"compared_with_record"` // null without a record
	Restores Restores `json:"restores"`             // the record's; of a mnemonic without one, the first validator
	Notes    []string `json:"notes,omitempty"`

	WordsAlone bool `json:"words_alone,omitempty"` // without their BIP-39 passphrase: no key was derived or compared
}

// Run gathers sheets at the desk until a set is complete, combines it, and
// compares what it restores with the record before anybody gets it. The caller
// closes what it returns.
func (p *RestorePlan) Run(ctx context.Context, desk Desk) (*Restored, error) {
	g := newGatherer(desk, p.known)
	g.practice = p.practice
	defer g.close()
	s, id, err := g.secret(ctx)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	r := &Restored{secret: s}
	r.Result = RestoreResult{
		Set: id.String(), Mode: modeOf(g.pile.Sheets(id)[0].Flags()), Kind: kinds[s.Kind], Phrase: phraseOf(s), Used: g.used(id), Aside: g.aside,
		Notes: g.others(id),
	}
	if err := r.settle(ctx, desk, p); err != nil {
		r.Close()
		return nil, interrupted(ctx, err)
	}
	return r, nil
}

// settle asks for the BIP-39 passphrase, where there is one, and compares with
// the record. A passphrase that restores other keys is asked for again. Where it
// is lost the words may be had alone, if they are the record's.
func (r *Restored) settle(ctx context.Context, desk Desk, p *RestorePlan) error {
	if err := p.Record.holds(r.secret); err != nil {
		return err
	}
	for {
		again, err := r.askPassphrase(ctx, desk)
		if err != nil {
			return err
		}
		lost := r.secret.Passphrase && r.passphrase.Len() == 0
		if lost {
			err = fault.New(fault.Refused, "no BIP-39 passphrase was given, and the set needs one").
				WithHint("look where it is kept; the sheets do not have it. Where it is lost, %s", offered)
		} else {
			err = r.derive(p.Record)
		}
		if err == nil || !r.secret.Passphrase || !lost && fault.KindOf(err) != fault.Integrity {
			return err
		}
		if lost || again {
			return r.wordsAlone(ctx, desk, p, err)
		}
		desk.Say(Notice{What: err.Error(), Hint: "the sheets fit together: is it another BIP-39 passphrase? Enter nothing to give up"})
	}
}

// askPassphrase tells whether the answer is the one before.
func (r *Restored) askPassphrase(ctx context.Context, desk Desk) (again bool, err error) {
	if !r.secret.Passphrase {
		return false, nil
	}
	passphrase, err := desk.Hidden(ctx, Question{
		ID: AskBIP39Passphrase, What: "the BIP-39 passphrase of the mnemonic", Hint: "it is on no sheet; without it the keys are others",
	})
	if err != nil {
		return false, err
	}
	again = r.passphrase.Len() > 0 && r.passphrase.Equal(passphrase)
	r.passphrase.Close()
	r.passphrase = passphrase
	return again, nil
}

const offered = "'ethkey backup restore' offers the words alone, on a terminal"

// wordsAlone asks whether the words are wanted although their keys cannot be
// compared, which failed with why.
func (r *Restored) wordsAlone(ctx context.Context, desk Desk, p *RestorePlan, why error) error {
	if fault.KindOf(why) == fault.Integrity {
		why = fault.New(fault.Integrity, "%w", why).
			WithHint("is it another BIP-39 passphrase, or the record of another set? Where the passphrase is lost, %s", offered)
	}
	if !p.words {
		return why
	}
	desk.Say(Notice{
		What: why.Error(),
		Hint: "without the right BIP-39 passphrase the words make OTHER keys, and nothing here says that they are the right words but that their sheets fit together",
	})
	yes, err := desk.Confirm(ctx, Question{
		ID: AskWordsAlone, What: "go on with the words alone, although their keys could not be compared?",
		Hint: "keep them as they were kept: when the passphrase is found, they and it restore",
	})
	if err != nil {
		return err
	}
	if !yes {
		return why
	}
	r.passphrase.Close()
	r.passphrase, r.Result.WordsAlone = nil, true
	return nil
}

// derive fills in what was restored, and compares it where there is a record.
func (r *Restored) derive(record *Record) (err error) {
	if record == nil {
		r.Result.Restores, err = restoresOf(r.secret, r.passphrase, []uint32{0})
		return err
	}
	compared, err := record.compare(r.secret, r.passphrase)
	if err != nil {
		return err
	}
	r.Result.Compared, r.Result.Restores = append([]string{"what the sheets hold: " + string(record.Kind)}, compared...), record.Restores
	return nil
}

// Restored is a secret that came back. Close it.
type Restored struct {
	Result RestoreResult

	secret     *shamir.Secret
	passphrase *secret.Buffer
}

// Close wipes the secret and its passphrase.
func (r *Restored) Close() {
	if r == nil {
		return
	}
	r.passphrase.Close()
	r.secret.Close()
}
