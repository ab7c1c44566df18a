package shamir

import (
	"errors"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
)

// Parse reads the text of a sheet as a code holds it or a person types it: in
// either case, with spaces, dashes and line numbers, "?" for a character that
// cannot be read. Errors: *NotOursError, *VersionError, *LengthError,
// *DamageError (with the proposal, when there is one), and others for sheets
// that nobody should have made.
func Parse(text []byte) (*Sheet, error) {
	if len(text) > maxText {
		return nil, notOurs(text[:maxText])
	}
	r, err := read(text)
	if err != nil {
		return nil, err
	}
	defer r.word.Close()
	switch {
	case r.prefixed && r.version != Version:
		return nil, versionError(r.version)
	case r.prefixed && !slices.Contains(lengths(), r.word.Len()):
		return nil, r.lengthError()
	case r.prefixed:
		return r.sheet()
	case !slices.Contains(lengths(), r.word.Len()):
		return nil, notOurs(text)
	}
	// Typed without EK1, which is printed apart: the checksum tells it from
	// something else, or that it looks like nothing else.
	s, err := r.sheet()
	if d := damage(err); d != nil && d.Proposal == nil && (len(d.Unreadable) > roots || identify(text) != "") {
		return nil, notOurs(text)
	}
	return s, err
}

func notOurs(text []byte) error {
	e := &NotOursError{What: identify(text)}
	return fault.New(fault.Refused, "%w", e).WithHint("the text of a sheet begins with EK1; it stands beside the code")
}

// sheet reads what has a length that frames have.
func (r *reading) sheet() (*Sheet, error) {
	word := r.word.Bytes()
	if len(r.unreadable)+len(r.similar) == 0 && ek1.holds(word) {
		return sheetOf(word)
	}
	e := &DamageError{}
	e.Longer, e.Short = r.longer(), !slices.Contains(r.candidates(), r.word.Len())
	for _, at := range r.unreadable {
		e.Unreadable = append(e.Unreadable, placeOf(at))
	}
	proposal, err := r.propose()
	if err != nil {
		return nil, err
	}
	if e.Proposal = proposal; proposal == nil {
		return nil, fault.New(fault.Refused, "%w", e).WithHint("compare every line with the paper, " +
			"write ? for what cannot be read, and try the other code or another picture; up to 4 wrong or 8 unreadable characters can be found")
	}
	return nil, fault.New(fault.Refused, "%w", e).WithHint("look at the paper: is what is proposed for these places what stands there?")
}

// propose looks for the one sheet near what was read, first taking similar
// characters for what they look like, then for unreadable.
func (r *reading) propose() (*Proposal, error) {
	word := r.word.Bytes()
	places, ok := ek1.repair(word, r.unreadable)
	if !ok && len(r.similar) > 0 {
		places, ok = ek1.repair(word, slices.Concat(r.unreadable, r.similar))
	}
	if !ok {
		return nil, nil
	}
	s, err := sheetOf(word)
	if err != nil {
		if fault.KindOf(err) != fault.Refused {
			return nil, err
		}
		return nil, nil // whole, but nothing that was ever printed
	}
	defer s.Close()
	text, err := s.Text()
	if err != nil {
		return nil, err
	}
	places = append(places, r.similar...)
	slices.Sort(places)
	p := &Proposal{Text: text}
	for _, at := range slices.Compact(places) {
		p.Places = append(p.Places, placeOf(at))
	}
	return p, nil
}

// lengthError says how many characters there are and, as far as the text was
// written in lines or groups, where one is missing or too many.
func (r *reading) lengthError() error {
	n := r.word.Len()
	e := &LengthError{Chars: n, Expected: []int{r.expected()}, Longer: r.longer()}
	e.Line, e.LineHas, e.LineExpected = r.irregularLine(e.Expected[0])
	if e.Line == 0 {
		e.Group = r.irregularGroup()
	}
	return fault.New(fault.Refused, "%w", e).WithHint("a sheet has lines of %d groups of %d characters; write ? for what cannot be read", LineGroups, GroupChars)
}

// expected is the length nearest to that read.
func (r *reading) expected() int {
	n := r.word.Len()
	return slices.MinFunc(r.candidates(), func(a, b int) int { return abs(a-n) - abs(b-n) })
}

// longer is the next length that is more than what was read, or 0.
func (r *reading) longer() (next int) {
	for _, n := range r.candidates() {
		if n > r.word.Len() && (next == 0 || n < next) {
			next = n
		}
	}
	return next
}

// candidates are the lengths that the header, when it makes sense, allows.
func (r *reading) candidates() []int {
	if r.word.Len() >= headerChars {
		if h := readHeader(r.word.Bytes()); h.check() == nil {
			sizes := h.bodySizes()
			return []int{charsFor(sizes[0]), charsFor(sizes[1])}
		}
	}
	return lengths()
}

func abs(n int) int { return max(n, -n) }

// irregularLine finds the first line that is not as long as printed.
func (r *reading) irregularLine(total int) (line, has, expected int) {
	if len(r.pieces) == 0 || r.pieces[len(r.pieces)-1].line < 2 {
		return 0, 0, 0
	}
	chars := make([]int, max(r.pieces[len(r.pieces)-1].line, (total+lineChars-1)/lineChars))
	for _, p := range r.pieces {
		chars[p.line-1] += p.chars
	}
	for i, has := range chars {
		if expected := min(lineChars, max(0, total-i*lineChars)); has != expected {
			return i + 1, has, expected
		}
	}
	return 0, 0, 0
}

// irregularGroup finds the first group, from 1, that has not four characters.
func (r *reading) irregularGroup() int {
	for i, p := range r.pieces {
		if p.chars != GroupChars && i < len(r.pieces)-1 {
			return i + 1
		}
	}
	return 0
}

// damage returns the DamageError of err, or nil.
func damage(err error) (d *DamageError) {
	errors.As(err, &d)
	return d
}
