package term

import "github.com/ethkey/ethkey/internal/fault"

// Fault tells on stderr what is wrong and what to do next.
func (t *Terminal) Fault(err error) {
	t.say("ethkey: error: " + Safe(err.Error()))
	if hint := fault.HintOf(err); hint != "" {
		t.say("ethkey: hint: " + Safe(hint))
	}
}

// Explain tells, within a question, what is wrong with an answer.
func (t *Terminal) Explain(err error) { t.explain(t.visible(), err) }

// ParseYesNo reads a word that stands for yes or no, in any case.
func ParseYesNo(s string) (bool, error) { return parseBool(s) }
