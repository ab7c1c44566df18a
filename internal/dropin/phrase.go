package dropin

import (
	"context"
	"fmt"
	"slices"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// wordCounts are the lengths of a BIP-39 sentence.
var wordCounts = []int{12, 15, 18, 21, 24}

// nearestShown is how many near words are offered for a wrong one.
const nearestShown = 4

// chooseLanguage asks which of several languages is meant.
func (s *Session) chooseLanguage(ctx context.Context, found *mnemonic.AmbiguousError) (mnemonic.Language, error) {
	languages := found.Languages
	var options []string
	for _, l := range languages {
		options = append(options, string(l))
	}
	matters := "the keys differ"
	if found.SameKeys {
		matters = "the keys are the same in each"
	}
	prompt := term.Prompt{Text: "the phrase is valid in several languages (" + matters + "); which is it, by name or number", Flag: "--mnemonic_language"}
	i, err := s.Term.Choose(ctx, prompt, options)
	if err != nil {
		return "", err
	}
	return languages[i], nil
}

func describe(m *mnemonic.Mnemonic) string {
	return fmt.Sprintf("%d words, %s", m.Words(), m.Language())
}

// speller knows the words of some languages.
type speller []mnemonic.Language

func newSpeller(l mnemonic.Language) speller {
	if l != "" {
		return speller{l}
	}
	return mnemonic.Languages()
}

// Complete returns the words that begin with prefix.
func (s speller) Complete(prefix []byte) []string {
	return s.collect(func(l mnemonic.Language) []string { return l.Complete(prefix) })
}

// Nearest returns words like word, of all its languages.
func (s speller) Nearest(word []byte) []string {
	return mnemonic.Nearest(s, word, nearestShown)
}

// Known tells whether word stands for a word of a list.
func (s speller) Known(word []byte) bool {
	return slices.ContainsFunc(s, func(l mnemonic.Language) bool {
		_, ok := l.Lookup(word)
		return ok
	})
}

func (s speller) collect(words func(mnemonic.Language) []string) []string {
	var out []string
	for _, l := range s {
		for _, w := range words(l) {
			if !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
	}
	return out
}
