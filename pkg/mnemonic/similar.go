package mnemonic

import "strings"

// gap stands for letters that nobody can read: a whole word, or part of one.
const gap = '?'

// The cost of a slip, by how easily it happens.
const (
	accentSlip  = 1 // an accent left out or put in
	alikeSlip   = 2 // letters that look alike, or are neighbours on the keyboard
	doubledSlip = 2 // a letter doubled, or written once in place of twice
	swapSlip    = 3 // two neighbours exchanged
	letterSlip  = 4 // any other letter wrong, left out or added
	shortSlip   = 1 // the rest of the word not written
)

// alike are letters that are taken for one another in handwriting.
var alike = strings.Fields("aoqduce bhlkt ceo dao eoc ftl gqyj hnbk iljt mnw nmruh rnv sz uvwn vuwyr yvg zs")

// rows are the keys of a keyboard; those beside one another are neighbours,
// and so are those diagonally below.
var rows = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}

// confusable tells whether a is easily read or typed as b.
func confusable(a, b rune) bool {
	for _, group := range alike {
		if rune(group[0]) == a && strings.ContainsRune(group, b) || rune(group[0]) == b && strings.ContainsRune(group, a) {
			return true
		}
	}
	ra, ca := key(a)
	rb, cb := key(b)
	if ra < 0 || rb < 0 {
		return false
	}
	if ra > rb {
		ra, ca, rb, cb = rb, cb, ra, ca
	}
	switch rb - ra {
	case 0:
		return ca-cb == 1 || cb-ca == 1
	case 1:
		return cb == ca || cb == ca-1
	}
	return false
}

// key returns the place of a letter on the keyboard; row -1 for others.
func key(r rune) (row, column int) {
	for i, keys := range rows {
		if c := strings.IndexRune(keys, r); c >= 0 {
			return i, c
		}
	}
	return -1, -1
}

// exchange is the cost of typed in the place of listed.
func exchange(typed, listed rune) int {
	a, b := base(typed), base(listed)
	switch {
	case typed == listed:
		return 0
	case a == b:
		return accentSlip
	case confusable(a, b):
		return alikeSlip
	}
	return letterSlip
}

// unlike tells how far typed is from word: the cheapest slips that lead from
// one to the other. A gap in typed is any run of letters, and costs nothing.
// It is the distance of Damerau, restricted and weighted.
func unlike(typed, word []rune) int {
	word = word[:min(len(word), maxLetters)]
	var rows [3][maxLetters + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := 1; j <= len(word); j++ {
		row[j] = row[j-1] + dropped(word, j-1)
	}
	for i := 1; i <= len(typed); i++ {
		before, above, row = above, row, before
		if typed[i-1] == gap {
			row[0] = above[0]
			for j := 1; j <= len(word); j++ {
				row[j] = min(above[j], row[j-1])
			}
			continue
		}
		row[0] = above[0] + dropped(typed, i-1)
		for j := 1; j <= len(word); j++ {
			row[j] = min(above[j-1]+exchange(typed[i-1], word[j-1]), above[j]+dropped(typed, i-1), row[j-1]+dropped(word, j-1))
			if i > 1 && j > 1 && typed[i-1] == word[j-2] && typed[i-2] == word[j-1] {
				row[j] = min(row[j], before[j-2]+swapSlip)
			}
		}
	}
	best := row[len(word)]
	for j := 4; j < len(word); j++ { // four letters may stand for the word
		best = min(best, row[j]+shortSlip)
	}
	return best
}

// dropped is the cost of letter i of word standing in one of the two only.
func dropped(word []rune, i int) int {
	if i > 0 && word[i] == word[i-1] {
		return doubledSlip
	}
	return letterSlip
}
