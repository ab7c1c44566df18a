package shamir

import (
	"slices"
	"sync"

	"github.com/ethkey/ethkey/pkg/secret"
)

// The code corrects e wrong characters and f unreadable ones while 2e + f is
// at most 8, the number of consecutive roots of the generator: gamma^-4 to
// gamma^3.
const (
	order     = 1023 // of gamma
	roots     = 8
	firstRoot = order - 4
)

// element is one of GF(1024) = GF(32)[z]/(z^2 + z + 1): a + b z as a | b<<5.
type element = uint16

// gamma is E + X z, as BIP-93 has it.
const gamma element = 25 | 6<<5

func mulElements(x, y element) element {
	a0, a1, b0, b1 := byte(x&31), byte(x>>5), byte(y&31), byte(y>>5)
	high := mul32(a1, b1)
	return element(mul32(a0, b0)^high) | element(mul32(a0, b1)^mul32(a1, b0)^high)<<5
}

// field has the powers of gamma and their exponents.
type field struct {
	power [order]element
	log   [order + 1]int
}

// gf1024 is built when a sheet is damaged and never otherwise.
var gf1024 = sync.OnceValue(func() *field {
	f := new(field)
	x := element(1)
	for i := range f.power {
		f.power[i], f.log[x] = x, i
		x = mulElements(x, gamma)
	}
	return f
})

func (f *field) mul(a, b element) element {
	if a == 0 || b == 0 {
		return 0
	}
	return f.power[(f.log[a]+f.log[b])%order]
}

// div divides by b, which is not zero.
func (f *field) div(a, b element) element {
	if a == 0 {
		return 0
	}
	return f.power[(f.log[a]-f.log[b]+order)%order]
}

// pow is gamma to any exponent that is not negative.
func (f *field) pow(exponent int) element { return f.power[exponent%order] }

// polynomial over GF(1024), the constant coefficient first.
type polynomial []element

// at evaluates p.
func (f *field) at(p polynomial, x element) (sum element) {
	for _, c := range slices.Backward(p) {
		sum = f.mul(sum, x) ^ c
	}
	return sum
}

// times multiplies, and drops terms from x^limit on.
func (f *field) times(p, q polynomial, limit int) polynomial {
	product := make(polynomial, min(limit, len(p)+len(q)-1))
	for i, a := range p {
		for j, b := range q {
			if i+j < len(product) {
				product[i+j] ^= f.mul(a, b)
			}
		}
	}
	return product
}

// repair corrects a word in place and returns where, the unreadable places
// included. Without success the word is as it was.
func (c *code) repair(word []byte, unreadable []int) (places []int, ok bool) {
	if len(unreadable) > roots || len(word) > order {
		return nil, false
	}
	f := gf1024()
	syndromes := f.syndromes(c.difference(word))
	erasures := polynomial{1}
	for _, at := range unreadable {
		erasures = f.times(erasures, polynomial{1, f.pow(len(word) - 1 - at)}, roots+1)
	}
	errors := f.locator(f.times(syndromes, erasures, roots)[len(unreadable):])
	if 2*(len(errors)-1)+len(unreadable) > roots {
		return nil, false
	}
	wrong := f.times(errors, erasures, roots+1)
	before := slices.Clone(word)
	defer secret.Wipe(before)
	places, ok = f.correct(word, syndromes, wrong)
	for _, at := range unreadable {
		ok = ok && slices.Contains(places, at)
	}
	if !ok || !c.holds(word) {
		copy(word, before)
		return nil, false
	}
	return places, true
}

// syndromes are the values of the difference at the roots, all zero for a word
// without errors.
func (f *field) syndromes(d symbols) polynomial {
	p := make(polynomial, checkChars)
	for i, s := range d {
		p[i] = element(s)
	}
	s := make(polynomial, roots)
	for i := range s {
		s[i] = f.at(p, f.pow(firstRoot+i))
	}
	return s
}

// locator is the shortest recurrence of s (Berlekamp and Massey): the
// polynomial whose roots are the inverses of the places of the errors.
func (f *field) locator(s polynomial) polynomial {
	current, last := polynomial{1}, polynomial{1}
	degree, gap, lastGap := 0, 1, element(1)
	for n := range s {
		var discrepancy element
		for i := 0; i <= degree && i < len(current); i++ {
			discrepancy ^= f.mul(current[i], s[n-i])
		}
		if discrepancy == 0 {
			gap++
			continue
		}
		before := slices.Clone(current)
		scale := f.div(discrepancy, lastGap)
		for len(current) < len(last)+gap {
			current = append(current, 0)
		}
		for i, c := range last {
			current[i+gap] ^= f.mul(scale, c)
		}
		if 2*degree > n {
			gap++
			continue
		}
		degree, last, lastGap, gap = n+1-degree, before, discrepancy, 1
	}
	return current[:min(degree+1, len(current))]
}

// correct finds the places whose inverses are roots of wrong (Chien) and what
// is to be added there (Forney). All roots must be places of the word, and all
// that is added must lie in GF(32).
func (f *field) correct(word []byte, syndromes, wrong polynomial) (places []int, ok bool) {
	value := f.times(syndromes, wrong, roots)
	slope := make(polynomial, len(wrong))
	for i := 1; i < len(wrong); i += 2 {
		slope[i-1] = wrong[i]
	}
	for at := range word {
		exponent := len(word) - 1 - at
		inverse := f.pow(order - exponent)
		if f.at(wrong, inverse) != 0 {
			continue
		}
		places = append(places, at)
		divisor := f.at(slope, inverse)
		if divisor == 0 {
			return nil, false
		}
		// X^(1-firstRoot), with 1 - firstRoot = 5 modulo the order.
		change := f.mul(f.pow(5*exponent), f.div(f.at(value, inverse), divisor))
		if change > 31 {
			return nil, false
		}
		word[at] ^= byte(change)
	}
	return places, len(places) == len(wrong)-1
}
