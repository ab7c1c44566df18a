// Package spelling tells how far a word is from what was typed.
package spelling

import "slices"

// most is how many letters of a word are looked at.
const most = 32

// Distance counts the slips (a letter wrong, left out, added, or two
// neighbours swapped) between typed and word, and between typed and the best
// fitting start of word. It is Damerau's distance, restricted. What was typed
// may be part of a secret: nothing of it is left behind.
func Distance[T byte | rune](typed, word []T) (whole, start int) {
	typed, word = typed[:min(len(typed), most)], word[:min(len(word), most)]
	var rows [3][most + 1]int
	defer clear(rows[:])
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(typed); i++ {
		before, above, row = above, row, before
		row[0] = i
		for j := 1; j <= len(word); j++ {
			wrong := above[j-1]
			if typed[i-1] != word[j-1] {
				wrong++
			}
			row[j] = min(wrong, above[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && typed[i-1] == word[j-2] && typed[i-2] == word[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(word)], slices.Min(row[:len(word)+1])
}
